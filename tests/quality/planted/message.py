"""MSG and HMSG frames, taken apart and put together again."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Message:
    """A message to a subscription. Sizes stand as they are written; content is all they count.

    verb: MSG or HMSG. reply: None if there is none. header_size: empty for MSG. end: after it all.
    """

    verb: bytes
    subject: bytes
    sid: bytes
    reply: bytes | None
    header_size: bytes
    size: bytes
    content: bytes
    end: bytes = b"\r\n"

    @classmethod
    def parse(cls, frame: bytes) -> Message:
        """Take a frame of a healthy server apart."""
        line, _, rest = frame.partition(b"\r\n")
        verb, subject, sid, *words = line.split(b" ")
        size = words.pop()
        header_size = words.pop() if verb == b"HMSG" else b""
        reply = words[0] if words else None
        return cls(verb, subject, sid, reply, header_size, size, rest[:-2])

    def frame(self) -> bytes:
        """Put the frame together."""
        words = [self.verb, self.subject, self.sid]
        words += [] if self.reply is None else [self.reply]
        words += [self.header_size] if self.header_size else []
        return b" ".join([*words, self.size]) + b"\r\n" + self.content + self.end

    @property
    def headers(self) -> bytes:
        """The header block, from NATS/1.0 to the empty line; empty if there is none."""
        return self.content[: int(self.header_size or b"0")]

    @property
    def payload(self) -> bytes:
        """What follows the headers."""
        return self.content[len(self.headers) :]

    def with_payload(self, payload: bytes) -> Message:
        """Give the message with another payload, its size set right."""
        return self.with_content(self.headers, payload)

    def with_headers(self, headers: bytes) -> Message:
        """Give the message with another header block, sizes set right."""
        return self.with_content(headers, self.payload)

    def with_content(self, headers: bytes, payload: bytes) -> Message:
        """Give the message with both exchanged; without headers it is a MSG."""
        content = headers + payload
        return replace(
            self,
            verb=b"HMSG" if headers else b"MSG",
            header_size=b"%d" % len(headers) if headers else b"",
            size=b"%d" % len(content),
            content=content,
        )
