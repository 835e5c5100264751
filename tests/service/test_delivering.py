"""Messages go to public addresses alone, to the one that was checked, within their time, and follow nobody."""

from __future__ import annotations

import hashlib
import hmac
import socket
import ssl
import time
from base64 import b64decode, b64encode
from datetime import timedelta
from ipaddress import ip_address

import pytest
from conftest import NOW
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from receiving import is_signed, receiving

from service.delivering import AddressRefused, Poster, parse_receiver
from service.delivering.reaching import is_public, resolve
from service.settings import Settings

SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


pytestmark = pytest.mark.usefixtures("out_of_the_browsers_loop")


def post(url: str, *, patience_s: float = 1.0, allow_loopback: bool = True, name: str = "m1"):
    poster = Poster(allow_loopback=allow_loopback, patience_s=patience_s)
    return poster.post(url, SECRET, name, b'{"data":{}}', NOW)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.com/", "not_https"),
        ("ftp://example.com/", "not_https"),
        ("file:///etc/passwd", "not_https"),
        ("//example.com/", "not_https"),
        ("example.com", "not_https"),
        ("", "not_https"),
        ("https://", "bad_url"),
        ("https:///x", "bad_url"),
        ("https://user@example.com/", "bad_url"),
        ("https://user:secret@example.com/", "bad_url"),
        ("https://example.com/#part", "bad_url"),
        ("https://example.com:0/", "bad_url"),
        ("https://example.com:99999/", "bad_url"),
        ("https://example.com:x/", "bad_url"),
        ("https://[::1/", "bad_url"),
        ("https://[fe80::1%25eth0]/", "bad_url"),
        ("https://exa mple.com/", "bad_url"),
        ("https://example.com\\@127.0.0.1/", "bad_url"),
        ("https://例子.cn/", "bad_url"),
        ("https://example.com/\r\nX: y", "bad_url"),
        ("https://example.com/" + "a" * 500, "bad_url"),
    ],
)
def test_an_address_that_cannot_be_told_is_refused(url, code):
    with pytest.raises(AddressRefused) as refused:
        parse_receiver(url)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),  # noqa: S104
        *(
            "169.254.169.254",
            "100.64.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
        ),
        *("192.88.99.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
        *("::1", "::", "fe80::1", "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1", "::ffff:127.0.0.1"),
        *("::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1"),
        *("2001:db8::1", "100::1", "fd00:ec2::254"),
    ],
)
def test_an_address_inside_is_not_public(address):
    assert not is_public(ip_address(address))
    literal = f"[{address}]" if ":" in address else address
    with pytest.raises(AddressRefused, match="not_public"):
        resolve(parse_receiver(f"https://{literal}/"))
    assert post(f"https://{literal}/", allow_loopback=False) == "not_public"


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "114.114.114.114", "2400:3200::1", "2606:4700::1111"]
)
def test_an_address_of_the_open_internet_is_public(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0"])
def test_no_way_of_writing_this_machine_is_public(host):
    with pytest.raises(AddressRefused):
        resolve(parse_receiver(f"https://{host}/"))


def _names(monkeypatch, *answers):
    """Let names resolve to these, one answer a question; literals resolve as ever."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def resolve_name(host, port, *rest, **more):
        try:
            ip_address(host if isinstance(host, str) else host.decode())
        except ValueError:
            asked.append(host)
            found = answers[min(len(asked), len(answers)) - 1]
            return [
                (socket.AF_INET6 if ":" in each else socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port))
                for each in found
            ]
        return real(host, port, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve_name)
    return asked


@pytest.mark.parametrize(
    "answer",
    [["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["2606:4700::1111", "fe80::1"], ["169.254.169.254"], []],
)
def test_a_name_that_leads_inside_is_refused_whatever_else_it_leads_to(monkeypatch, answer):
    _names(monkeypatch, answer)
    assert post("https://hook.example/", allow_loopback=False) == "not_public"


def test_a_name_is_looked_up_once_and_what_was_checked_is_connected_to(monkeypatch):
    """A name that answers otherwise the second time (DNS rebinding) gains nothing."""
    with receiving() as receiver:
        asked = _names(monkeypatch, ["127.0.0.1"], ["10.0.0.1"])
        port = receiver.url.split(":")[2].split("/")[0]
        assert post(f"http://rebind.example:{port}/x") is None
        assert asked == ["rebind.example"]
        assert receiver.came[0]["headers"]["host"] == f"rebind.example:{port}"


def test_an_unknown_name_is_told_as_such():
    assert post("https://nothing.invalid/", allow_loopback=False) == "unresolved"


def test_plain_http_goes_to_this_machine_alone_and_only_where_tests_allow_it(monkeypatch):
    with receiving() as receiver:
        assert post(receiver.url, allow_loopback=False) == "not_https"
        assert post(receiver.url) is None
    _names(monkeypatch, ["8.8.8.8"])
    assert post("http://hook.example/") == "not_public"


def test_what_is_sent_is_signed_and_whole():
    with receiving() as receiver:
        assert post(receiver.url, name="abc-1") is None
        (came,) = receiver.came
    assert is_signed(came, SECRET)
    assert came["path"] == "/hook?a=1"
    assert came["headers"]["webhook-id"] == "abc-1"
    assert came["headers"]["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert came["headers"]["content-type"] == "application/json"
    assert not is_signed({**came, "raw": came["raw"] + b" "}, SECRET)
    for name in ("cookie", "authorization"):
        assert name not in came["headers"]


# Standard Webhooks, the example of its specification.
def test_the_signature_is_that_of_the_standard():
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    signed = b"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330." + body
    made = hmac.new(b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    assert b64encode(made).decode() == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    came = {
        "raw": body,
        "headers": {
            "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp": "1614265330",
            "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        },
    }
    assert is_signed(came, secret)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("200", None),
        ("204", None),
        ("301", "301"),
        ("302", "302"),
        ("307", "307"),
        ("308", "308"),
        ("400", "400"),
        ("410", "410"),
        ("429", "429"),
        ("500", "500"),
        ("503", "503"),
        ("cut", "unreachable"),
        ("dawdle", "timed_out"),
        ("drip", "timed_out"),
    ],
)
def test_only_a_2xx_is_taken_and_nobody_is_followed(answer, told):
    with receiving() as receiver:
        receiver.answers.append(answer)
        began = time.monotonic()
        assert post(receiver.url, patience_s=0.6) == told
        assert time.monotonic() - began < 3
        assert [each["path"] for each in receiver.came] == ["/hook?a=1"]


def test_a_receiver_that_is_away_is_unreachable():
    with receiving() as receiver:
        url = receiver.url
    assert post(url) == "unreachable"


def test_proxies_of_the_environment_are_not_used(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with receiving() as receiver:
        assert post(receiver.url) is None


def _certificate(folder, *names):
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=4000))
        .not_valid_after(NOW + timedelta(days=4000))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "pair.pem").write_bytes(public + private)
    (folder / "trust.pem").write_bytes(public)
    return folder / "pair.pem", folder / "trust.pem"


@pytest.mark.parametrize(
    ("name", "is_trusted", "told"),
    [
        ("localhost", True, None),
        ("other.example", True, "bad_certificate"),
        ("localhost", False, "bad_certificate"),
    ],
)
def test_the_certificate_is_that_of_the_name_and_not_of_the_number(
    tmp_path, monkeypatch, name, is_trusted, told
):
    pair, trust = _certificate(tmp_path, name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(trust))
    with receiving(context) as receiver:
        assert post(receiver.url) == told
        assert len(receiver.came) == (told is None)


@pytest.mark.parametrize("base_url", ["https://dibiao.example", "http://10.0.0.1:8000"])
def test_the_setting_for_tests_is_refused_where_people_come(base_url):
    with pytest.raises(ValueError, match="for tests"):
        Settings(base_url=base_url, webhooks_allow_loopback=True)
