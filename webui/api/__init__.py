"""The JSON endpoint, its OpenAPI document, and addresses that machines read."""
