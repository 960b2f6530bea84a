"""What the Python programs share: habits by name, unique names, and waiting."""

import sys
import time

_habits = {}


def habit(function):
    """The function is run for the habit that is named like it, with the address of the broker."""
    _habits[function.__name__.replace('_', ' ')] = function
    return function


def main():
    if sys.argv[1:] == ['list']:
        print('\n'.join(_habits))
        return
    bootstrap, name = sys.argv[1:]
    _habits[name](bootstrap)


def until(what, condition, timeout=20):
    """Gives what `condition` gives as soon as that is true; fails after `timeout` seconds with `what` was awaited."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f'not within {timeout} s: {what}')
        time.sleep(0.02)


def equal(actual, expected):
    if actual != expected:
        raise AssertionError(f'{actual!r:.1000} is not {expected!r:.1000}')


def raises(kinds, function):
    """Gives the exception, of one of these kinds, that the function must raise."""
    try:
        result = function()
    except kinds as error:
        return error
    raise AssertionError(f'gave {result!r} and raised nothing')
