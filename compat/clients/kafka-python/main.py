import groups  # noqa: F401  habits register themselves
import records  # noqa: F401
from check import main
from kafka import __version__

if __version__.startswith('2.0.'):
    import administration_2_0  # noqa: F401
else:
    import administration  # noqa: F401
    import idempotence  # noqa: F401

main()
