"""What Odradek does not serve yet: the client gives up in the time that it was given, and goes on as before without it."""

from check import equal, habit, raises
from client import consumer, new_topic, produce, read_all, values
from confluent_kafka import KafkaError, KafkaException, Producer


@habit
def transactions_are_refused(bootstrap):
    topic = new_topic(bootstrap, 'without-transactions')
    producer = Producer({'bootstrap.servers': bootstrap, 'transactional.id': 'transactions'})
    error = raises(KafkaException, lambda: producer.init_transactions(3)).args[0]
    equal((error.code(), error.fatal()), (KafkaError._TIMED_OUT, False))
    produce(bootstrap, topic, [{'value': 'a'}])
    equal(values(read_all(bootstrap, topic, 1, **{'isolation.level': 'read_committed'})), ['a'])


@habit
def the_newer_group_protocol_is_refused(bootstrap):
    topic = new_topic(bootstrap, 'newer-groups')
    produce(bootstrap, topic, [{'value': 'a'}])
    # librdkafka asks for the coordinator again and again, about once a second, and tells its user nothing.
    with consumer(bootstrap, f'reader of {topic}', **{'group.protocol': 'consumer'}) as opened:
        opened.subscribe([topic])
        equal(opened.poll(3), None)
    equal(values(read_all(bootstrap, topic, 1)), ['a'])
