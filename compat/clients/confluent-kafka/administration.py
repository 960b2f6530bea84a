from check import equal, habit, raises, until
from client import admin, collect, consumer, new_topic, produce, read_all, results, values
from confluent_kafka import ConsumerGroupState, ConsumerGroupTopicPartitions, KafkaError, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import (
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ConfigSource,
    NewPartitions,
    NewTopic,
    OffsetSpec,
    ResourceType,
)


def refusal(futures):
    """The error code of an admin call for one thing, which must fail."""
    (future,) = futures.values()
    return raises(KafkaException, lambda: future.result(timeout=20)).args[0].code()


@habit
def topics_are_made_listed_described_and_deleted(bootstrap):
    client = admin(bootstrap)
    new_topic(bootstrap, 'described', 3)
    assert 'described' in client.list_topics(timeout=10).topics
    described = results(client.describe_topics(TopicCollection(['described'])))['described']
    equal((described.name, described.is_internal, [partition.id for partition in described.partitions]), ('described', False, [0, 1, 2]))
    equal({(partition.leader.id, len(partition.isr), len(partition.replicas)) for partition in described.partitions}, {(1, 1, 1)})
    assert str(described.topic_id) != 'AAAAAAAAAAAAAAAAAAAAAA'
    results(client.delete_topics(['described']))
    until('it is gone from the metadata', lambda: 'described' not in client.list_topics(timeout=10).topics)
    equal(refusal(client.describe_topics(TopicCollection(['described']))), KafkaError.UNKNOWN_TOPIC_OR_PART)


@habit
def topics_that_cannot_be_made_are_refused(bootstrap):
    client = admin(bootstrap)
    new_topic(bootstrap, 'twice')
    equal(refusal(client.create_topics([NewTopic('twice', 1, 1)])), KafkaError.TOPIC_ALREADY_EXISTS)
    equal(refusal(client.create_topics([NewTopic('in valid', 1, 1)])), KafkaError.TOPIC_EXCEPTION)
    equal(refusal(client.create_topics([NewTopic('replicas', 1, 3)])), KafkaError.INVALID_REPLICATION_FACTOR)
    equal(refusal(client.create_topics([NewTopic('setting', 1, 1, config={'retention.ms': 'soon'})])), KafkaError.INVALID_CONFIG)
    equal(refusal(client.delete_topics(['never-made'])), KafkaError.UNKNOWN_TOPIC_OR_PART)
    results(client.create_topics([NewTopic('only-checked', 1, 1)], validate_only=True))
    assert 'only-checked' not in client.list_topics(timeout=10).topics


@habit
def partitions_are_added(bootstrap):
    client = admin(bootstrap)
    topic = new_topic(bootstrap, 'grown')
    results(client.create_partitions([NewPartitions(topic, 3)]))
    until('its metadata shows them', lambda: len(client.list_topics(topic, timeout=10).topics[topic].partitions) == 3)
    produce(bootstrap, topic, [{'value': 'a', 'partition': 2}])
    equal(refusal(client.create_partitions([NewPartitions(topic, 2)])), KafkaError.INVALID_PARTITIONS)
    equal(refusal(client.create_partitions([NewPartitions('never-made', 2)])), KafkaError.UNKNOWN_TOPIC_OR_PART)


@habit
def configs_are_described_and_altered(bootstrap):
    client = admin(bootstrap)
    new_topic(bootstrap, 'configured', **{'retention.ms': '60000'})

    def resource(name='configured', **entries):
        return ConfigResource(ResourceType.TOPIC, name, **entries)

    def described():
        (entries,) = results(client.describe_configs([resource()])).values()
        return entries

    def comes_to(**expected):
        names = {name.replace('_', '.'): value for name, value in expected.items()}
        until(f'{names}', lambda: all(described()[name].value == value for name, value in names.items()))

    retention = described()['retention.ms']
    equal((retention.value, retention.source, retention.is_read_only, retention.is_sensitive), ('60000', ConfigSource.DYNAMIC_TOPIC_CONFIG.value, False, False))
    equal(described()['cleanup.policy'].source, ConfigSource.DEFAULT_CONFIG.value)
    changes = [
        ConfigEntry('retention.ms', '70000', incremental_operation=AlterConfigOpType.SET),
        ConfigEntry('cleanup.policy', 'compact', incremental_operation=AlterConfigOpType.APPEND),
    ]
    results(client.incremental_alter_configs([resource(incremental_configs=changes)]))
    comes_to(retention_ms='70000', cleanup_policy='delete,compact')
    wrong = [ConfigEntry('retention.ms', 'soon', incremental_operation=AlterConfigOpType.SET)]
    equal(refusal(client.incremental_alter_configs([resource(incremental_configs=wrong)])), KafkaError.INVALID_CONFIG)
    # The older call replaces all that was set.
    results(client.alter_configs([resource(set_config={'max.message.bytes': '12345'})]))
    comes_to(max_message_bytes='12345', retention_ms='604800000')
    equal(refusal(client.describe_configs([resource('never-made')])), KafkaError.UNKNOWN_TOPIC_OR_PART)
    (broker,) = results(client.describe_configs([ConfigResource(ResourceType.BROKER, '1')])).values()
    equal((broker['node.id'].value, broker['node.id'].is_read_only), ('1', True))


@habit
def groups_are_listed_described_and_deleted(bootstrap):
    client = admin(bootstrap)
    topic = new_topic(bootstrap, 'of-a-group', 2)
    produce(bootstrap, topic, [{'value': 'a'}])
    with consumer(bootstrap, 'described-group', **{'client.id': 'its-member'}) as member:
        member.subscribe([topic])
        collect(member, 1)
        listed = {group.group_id: group for group in client.list_consumer_groups().result(timeout=10).valid}
        equal((listed['described-group'].state, listed['described-group'].is_simple_consumer_group), (ConsumerGroupState.STABLE, False))
        described = results(client.describe_consumer_groups(['described-group']))['described-group']
        equal((described.state, described.partition_assignor, described.coordinator.id), (ConsumerGroupState.STABLE, 'range', 1))
        equal([(member.client_id, member.host) for member in described.members], [('its-member', '/127.0.0.1')])
        equal([partition.partition for partition in described.members[0].assignment.topic_partitions], [0, 1])
        equal(refusal(client.delete_consumer_groups(['described-group'])), KafkaError.NON_EMPTY_GROUP)
    empty = client.list_consumer_groups(states={ConsumerGroupState.EMPTY}).result(timeout=10).valid
    assert 'described-group' in [group.group_id for group in empty]
    results(client.delete_consumer_groups(['described-group']))
    assert 'described-group' not in [group.group_id for group in client.list_consumer_groups().result(timeout=10).valid]
    equal(refusal(client.delete_consumer_groups(['described-group'])), KafkaError.GROUP_ID_NOT_FOUND)


@habit
def offsets_are_committed_and_listed(bootstrap):
    client = admin(bootstrap)
    topic = new_topic(bootstrap, 'offsets', 2)
    produce(bootstrap, topic, [{'value': str(at), 'timestamp': at, 'partition': 0} for at in (1_000, 2_000, 3_000)])

    def offset(spec, partition=0):
        return results(client.list_offsets({TopicPartition(topic, partition): spec}))[TopicPartition(topic, partition)].offset

    specs = [OffsetSpec.earliest(), OffsetSpec.latest(), OffsetSpec.for_timestamp(1_500), OffsetSpec.max_timestamp(), OffsetSpec.for_timestamp(9_000)]
    equal([offset(spec) for spec in specs], [0, 3, 1, 2, -1])

    wanted = ConsumerGroupTopicPartitions('moved', [TopicPartition(topic, 0, 2), TopicPartition(topic, 1, 0)])
    results(client.alter_consumer_group_offsets([wanted]))
    fetched = results(client.list_consumer_group_offsets([ConsumerGroupTopicPartitions('moved')]))['moved']
    equal(sorted((partition.partition, partition.offset) for partition in fetched.topic_partitions), [(0, 2), (1, 0)])
    with consumer(bootstrap, 'moved') as opened:
        opened.subscribe([topic])
        equal(values(collect(opened, 1)), ['3000'])
        taken = results(client.alter_consumer_group_offsets([ConsumerGroupTopicPartitions('moved', [TopicPartition(topic, 0, 0)])]))['moved']
        equal([partition.error.code() for partition in taken.topic_partitions], [KafkaError.UNKNOWN_MEMBER_ID])


@habit
def records_are_deleted(bootstrap):
    client = admin(bootstrap)
    topic = new_topic(bootstrap, 'shortened')
    produce(bootstrap, topic, [{'value': str(number)} for number in range(5)])
    deleted = results(client.delete_records([TopicPartition(topic, 0, 3)]))
    equal([records.low_watermark for records in deleted.values()], [3])
    equal(values(read_all(bootstrap, topic, 2)), ['3', '4'])
    equal(refusal(client.delete_records([TopicPartition(topic, 0, 9)])), KafkaError.OFFSET_OUT_OF_RANGE)


@habit
def the_cluster_is_described(bootstrap):
    client = admin(bootstrap)
    cluster = client.describe_cluster().result(timeout=10)
    equal(len(cluster.cluster_id), 22)
    host, port = bootstrap.split(':')
    equal([(node.id, node.host, node.port) for node in cluster.nodes], [(1, host, int(port))])
    until('a controller is known', lambda: client.list_topics(timeout=10).controller_id == 1)
