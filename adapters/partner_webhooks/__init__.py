"""Events on their way to partners: signed by Standard Webhooks, sent over HTTP, kept out of private networks."""
