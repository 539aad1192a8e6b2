"""The one door to the system: routing, rate limits, CORS, request hygiene."""
