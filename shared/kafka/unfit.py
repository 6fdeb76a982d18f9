"""What a service cannot go on with: known also where nothing speaks with Kafka, so that nothing of it is loaded."""


class TopicsUnfit(Exception):
    """A topic is missing or set up in a way that would lose or reorder facts."""


class Stuck(Exception):
    """Records wait and are not read, or the client does not stop: the process is better started again."""


class ClusterChanged(Exception):
    """The broker is another Kafka cluster than the one the saved offsets belong to."""
