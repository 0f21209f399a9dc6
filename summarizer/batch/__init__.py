"""Many articles through the one-article pipeline: nothing lost, nothing paid for twice.

``readers`` turn what was named into records; ``journal`` keeps what was read, every answer and every
outcome; ``job`` is the door and ``working`` does what is missing; ``results`` writes the files that people
read. ``engine`` is the pipeline on this machine, ``ray_engine`` on several.
"""
