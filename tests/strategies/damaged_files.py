"""Valid files with damage done to them, and bytes that were never a file."""

from hypothesis import strategies as st

_JUNK = st.sampled_from([b'"', b"\x00", b"\xff", b"{", b"[", b"}", b",", b"\n", b";", b"<", b"NaN",
                         b"1e999", b"-", b"null",
                         b"9" * 5000, b"\\ud800", b"true", b"1.5", b"\xef\xbb\xbf", b"'", b"po_", b"="])  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn, valid: bytes) -> bytes:
    """The file cut off, with parts doubled, left out, or replaced by junk."""
    content = valid
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        length = draw(st.integers(0, 30))
        put = draw(st.one_of(_JUNK, st.binary(max_size=8), st.just(content[start : start + 200])))
        content = content[:start] + put + content[start + length :]
    return content[: draw(st.integers(0, len(content)))] if draw(st.booleans()) else content
