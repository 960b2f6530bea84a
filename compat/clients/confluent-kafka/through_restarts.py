"""
Produces and consumes at once while the node is killed and started again by whoever runs this: `BOOTSTRAP COUNT`.
Prints a line when the first records have come and one when all have, and fails unless the log has each once, in the order of its key.
"""

import sys
import threading

from check import equal
from client import collect, consumer, new_topic, read_all
from confluent_kafka import KafkaException, Producer, TopicPartition

KEYS = 30


def main():
    bootstrap, count = sys.argv[1], int(sys.argv[2])
    topic = new_topic(bootstrap, 'through-restarts', 3)
    failures = []

    def delivered(error, _):
        if error is not None:
            failures.append(KafkaException(error))

    def produce_all():
        producer = Producer({'bootstrap.servers': bootstrap, 'enable.idempotence': True})
        for number in range(count):
            producer.produce(topic, key=str(number % KEYS), value=str(number), on_delivery=delivered)
            producer.poll(0.001)  # paced, so that the restarts fall into it
        if producer.flush(40):
            failures.append(AssertionError('not all were delivered'))

    producing = threading.Thread(target=produce_all)
    producing.start()
    with consumer(bootstrap, 'through-restarts') as opened:
        opened.subscribe([topic])
        distinct = {message.value() for message in collect(opened, 10)}
        print('flowing', flush=True)
        while len(distinct) < count and not failures:
            distinct.update(message.value() for message in collect(opened, 1, timeout=40))
    producing.join()
    equal(failures, [])
    print('all have come', flush=True)
    by_key = {}
    for message in read_all(bootstrap, topic, count):
        by_key.setdefault(int(message.key()), []).append(int(message.value()))
    equal(by_key, {key: list(range(key, count, KEYS)) for key in range(KEYS)})
    with consumer(bootstrap, 'counting') as opened:
        metadata = opened.list_topics(topic, timeout=10).topics[topic]
        ends = [opened.get_watermark_offsets(TopicPartition(topic, number))[1] for number in metadata.partitions]
    equal(sum(ends), count)


main()
