"""Producing and consuming with kafka-python as its users do; settings are the client's defaults where none is given."""

import time
from contextlib import contextmanager

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, __version__
from kafka.admin import NewTopic

# A poll that ends while the member joins its group makes version 3.0.12 forget its assignment: polls are long.
POLL_MS = 2_000

# Version 2.0 tries nothing again by default, and a partition of Apache Kafka may not lead yet when its topic has been made.
TRIES = {'retries': 5, 'max_in_flight_requests_per_connection': 1} if __version__.startswith('2.0.') else {}


@contextmanager
def admin(bootstrap):
    client = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        yield client
    finally:
        client.close()


def new_topic(bootstrap, name, partitions=1, **config):
    with admin(bootstrap) as client:
        client.create_topics([NewTopic(name, partitions, 1, topic_configs=config)])
    return name


@contextmanager
def producer(bootstrap, **settings):
    opened = KafkaProducer(bootstrap_servers=bootstrap, **settings)
    try:
        yield opened
    finally:
        opened.close(timeout=10)


def produce(bootstrap, topic, messages, **settings):
    """Sends dicts of the arguments of `send`; gives their metadata once all are acknowledged."""
    with producer(bootstrap, **{**TRIES, **settings}) as opened:
        futures = [opened.send(topic, **message) for message in messages]
        opened.flush(timeout=30)
        return [future.get(timeout=10) for future in futures]


@contextmanager
def consumer(bootstrap, group, **settings):
    opened = KafkaConsumer(bootstrap_servers=bootstrap, group_id=group, **{'auto_offset_reset': 'earliest', **settings})
    try:
        yield opened
    finally:
        opened.close()


def collect(consumer, count, timeout=20):
    """The next `count` messages; no more are taken out of the consumer."""
    deadline = time.monotonic() + timeout
    messages = []
    while len(messages) < count:
        for polled in consumer.poll(timeout_ms=POLL_MS, max_records=count - len(messages)).values():
            messages += polled
        if time.monotonic() > deadline:
            raise AssertionError(f'{len(messages)} of {count} messages within {timeout} s')
    return messages


def read_all(bootstrap, topic, count, **settings):
    with consumer(bootstrap, f'reader of {topic}', **settings) as opened:
        opened.subscribe([topic])
        return collect(opened, count)


def values(messages):
    return [message.value.decode() for message in messages]
