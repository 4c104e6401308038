"""The HTTP API: routes declared with their types; decoding, authorisation and the OpenAPI document follow from them."""
