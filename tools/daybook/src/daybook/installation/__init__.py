"""What has to be there before anything starts. Each step leaves a stamp, and is skipped while its inputs stay."""
