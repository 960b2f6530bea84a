"""Producing and consuming with confluent-kafka as its users do; settings are the client's defaults where none is given."""

import time
from contextlib import contextmanager

from confluent_kafka import Consumer, KafkaException, Producer
from confluent_kafka.admin import AdminClient, NewTopic


def admin(bootstrap):
    return AdminClient({'bootstrap.servers': bootstrap})


def results(futures):
    """The results of an admin call, once all have succeeded."""
    return {key: future.result(timeout=20) for key, future in futures.items()}


def new_topic(bootstrap, name, partitions=1, **config):
    # The client must be held while its futures are awaited: a collected one fails them.
    client = admin(bootstrap)
    results(client.create_topics([NewTopic(name, partitions, 1, config=config)]))
    return name


def produce(bootstrap, topic, messages, **settings):
    """Produces dicts of the arguments of `produce`; gives what was delivered, fails at the first that was not."""
    delivered = []

    def on_delivery(error, message):
        if error is not None:
            raise KafkaException(error)
        delivered.append(message)

    producer = Producer({'bootstrap.servers': bootstrap, **settings})
    for message in messages:
        producer.produce(topic, on_delivery=on_delivery, **message)
        producer.poll(0)
    left = producer.flush(30)
    if left:
        raise AssertionError(f'{left} messages were not delivered')
    return delivered


@contextmanager
def consumer(bootstrap, group, **settings):
    opened = Consumer({'bootstrap.servers': bootstrap, 'group.id': group, 'auto.offset.reset': 'earliest', **settings})
    try:
        yield opened
    finally:
        opened.close()


def collect(consumer, count, timeout=20):
    """The next `count` messages."""
    deadline = time.monotonic() + timeout
    messages = []
    while len(messages) < count:
        message = consumer.poll(0.1)
        if message is not None:
            if message.error():
                raise KafkaException(message.error())
            messages.append(message)
        elif time.monotonic() > deadline:
            raise AssertionError(f'{len(messages)} of {count} messages within {timeout} s')
    return messages


def read_all(bootstrap, topic, count, **settings):
    with consumer(bootstrap, f'reader of {topic}', **settings) as opened:
        opened.subscribe([topic])
        return collect(opened, count)


def values(messages):
    return [message.value().decode() for message in messages]
