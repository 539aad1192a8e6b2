"""PostgreSQL, Redis and RabbitMQ as private children: found or fetched, set up, started on loopback."""
