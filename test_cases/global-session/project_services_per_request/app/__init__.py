"""The same services, built per request around the session of the request."""
