import administration  # noqa: F401  habits register themselves
import groups  # noqa: F401
import not_served  # noqa: F401
import records  # noqa: F401
from check import main

main()
