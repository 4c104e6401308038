"""What Stripe says, as facts: its API's JSON, its reports, and its Dashboard's exports."""
