"""What holds for all tests: no run is kept in the folder of whoever starts them."""

import os

os.environ["RTDEBUG_KEEP"] = "0"
