"""Children and what is known about them: started, watched, recorded, and ended whatever happens to us."""
