"""Produces and consumes for a few seconds with metrics.push as it is by default (KIP-714): `pushing.py BOOTSTRAP`."""

import sys
import time

from confluent_kafka import Consumer, Producer

SECONDS = 4
RECORDS = 200

bootstrap = sys.argv[1]
producer = Producer({'bootstrap.servers': bootstrap, 'client.id': 'pushing-producer'})
for number in range(RECORDS):
    producer.produce('pushed', f'value {number}')
producer.flush(10)
consumer = Consumer({'bootstrap.servers': bootstrap, 'client.id': 'pushing-consumer', 'group.id': 'pushed', 'auto.offset.reset': 'earliest'})
consumer.subscribe(['pushed'])
until = time.monotonic() + SECONDS
while time.monotonic() < until:
    consumer.poll(0.1)
    producer.poll(0)
consumer.close()
