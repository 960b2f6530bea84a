#!/usr/bin/env bash
# Scripts of former times start it beside the broker.
echo 'ZooKeeper is passed over: the node keeps the metadata itself.'
