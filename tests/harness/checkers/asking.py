"""Stories to begin with, and what one checker says of a story."""

from natsim.harness.checkers.check import check
from natsim.harness.checkers.verdict import Finding
from natsim.harness.history.story import Story


def ask(story: Story, checker: str) -> Finding:
    """Let one checker examine a story."""
    return check(story.entries, [checker]).findings[0]


def names(finding: Finding) -> list[str]:
    """Name its anomalies."""
    return [anomaly.name for anomaly in finding.anomalies]


def orders(pattern: str = "orders.>") -> Story:
    """Begin a story: p1 publishes, s1 has subscribed s1.a, both on server n1."""
    story = Story()
    story.connect("p1")
    story.connect("s1")
    story.subscribe("s1.a", pattern)
    return story


def workers() -> Story:
    """Begin a story: p1 publishes, w1.a and w2.a are the queue group g on orders.*."""
    story = Story()
    for client in ("p1", "w1", "w2"):
        story.connect(client)
    for client in ("w1", "w2"):
        story.subscribe(f"{client}.a", "orders.*", queue="g")
    return story


def service() -> Story:
    """Begin a story: q1 requests, r1.a responds on svc.echo."""
    story = Story()
    story.connect("q1")
    story.connect("r1")
    story.subscribe("r1.a", "svc.echo")
    return story


def settle(story: Story, *clients: str) -> Story:
    """Put up a barrier for each client, in order, drain them all and end."""
    for client in clients:
        story.flush(client)
    for client in clients:
        story.drain(client)
    story.end()
    return story
