"""What a request asked for and the worker does, so that neither the answer nor its time tells what came of it."""
