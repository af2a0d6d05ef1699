"""Messages of the decision service: requests, access, load, versions, the log."""

from __future__ import annotations

from collections.abc import Iterable

from keyaccount.diagnostics.counting import counted
from keyaccount.diagnostics.diagnostic import Diagnostic, Severity, Text
from keyaccount.diagnostics.suggest import meant_or_listed


def not_json(reason: Text) -> Diagnostic:
    """The body of a request is not JSON; `reason` tells why, with the offset."""
    return Diagnostic(
        "request.not-json",
        Text(f"the body is not JSON: {reason.en}", f"请求正文不是 JSON：{reason.zh}"),
        None,
        Text('for example {"facts": {"name": 20}}', '例如 {"facts": {"name": 20}}'),
    )


def wrong_shape(reason: Text) -> Diagnostic:
    """JSON of another shape than the route takes."""
    return Diagnostic(
        "request.wrong-shape",
        Text(f"the body has another shape: {reason.en}", f"请求正文的结构不对：{reason.zh}"),
        None,
        Text("see /v1/openapi.json", "见 /v1/openapi.json"),
    )


def key_twice(key: str) -> Diagnostic:
    """An object names a key twice, so that it would have two meanings."""
    return Diagnostic(
        "request.key-twice",
        Text(f"`{key}` is given twice", f"`{key}` 给了两次"),
        None,
        Text("leave one of them out", "请去掉其中一个"),
    )


def bad_parameter(name: str, got: str, wanted: Text) -> Diagnostic:
    """A parameter of the query or path will not do."""
    return Diagnostic(
        "request.bad-parameter",
        Text(f"`{name}` cannot be `{got}`", f"`{name}` 不能是 `{got}`"),
        None,
        Text(f"write {wanted.en}", f"写成 {wanted.zh}"),
    )


def wrong_content_type(got: str, wanted: str) -> Diagnostic:
    """The body is announced as something that the route does not take."""
    return Diagnostic(
        "request.wrong-content-type",
        Text(f"the content type `{got}` is not taken here", f"此处不接受内容类型 `{got}`"),
        None,
        Text(f"send `Content-Type: {wanted}`", f"请发送 `Content-Type: {wanted}`"),
    )


def too_large(limit: int) -> Diagnostic:
    """The body has more than `limit` bytes."""
    return Diagnostic(
        "request.too-large",
        Text(f"the body has more than {counted(limit, 'byte')}", f"请求正文超过 {limit} 字节"),
        None,
        Text(
            "send fewer cases at once, or JSON lines, which are read one by one",
            "请减少一次发送的数量，或用逐行读取的 JSON lines",
        ),
    )


def not_whole() -> Diagnostic:
    """The connection ended before the body did."""
    return Diagnostic(
        "request.not-whole",
        Text("the body broke off", "请求正文中断"),
        None,
        Text("send it again", "请重新发送"),
    )


def too_many_cases(limit: int) -> Diagnostic:
    """A batch of more than `limit` cases."""
    return Diagnostic(
        "request.too-many-cases",
        Text(f"the batch has more than {counted(limit, 'case')}", f"一批超过 {limit} 个"),
        None,
        Text("send them as JSON lines, or upload a list", "请用 JSON lines 发送，或上传清单"),
    )


def too_slow(seconds: float) -> Diagnostic:
    """The request did not end in time."""
    return Diagnostic(
        "request.too-slow",
        Text(f"the request took longer than {seconds:g} s", f"请求超过 {seconds:g} 秒"),
        None,
        Text("send it again later, or fewer cases at once", "请稍后重发，或减少一次的数量"),
    )


def no_key() -> Diagnostic:
    """A request without any key."""
    return Diagnostic(
        "access.no-key",
        Text("this route needs a key", "此路由需要密钥"),
        None,
        Text("send `Authorization: Bearer KEY`", "请发送 `Authorization: Bearer 密钥`"),
    )


def wrong_key() -> Diagnostic:
    """A key or token that is not known, revoked, out of date or forged: which, is not told."""
    return Diagnostic(
        "access.wrong-key",
        Text("the key is not valid", "密钥无效"),
        None,
        Text("make a new one: keyaccount serve key add", "请创建：keyaccount serve key add"),
    )


def no_issuers_keys() -> Diagnostic:
    """A bearer token cannot be judged: nobody knows its issuer's keys now."""
    return Diagnostic(
        "access.no-issuers-keys",
        Text(
            "the token cannot be verified: its issuer's keys are not to be had",
            "无法验证令牌：取不到签发者的公钥",
        ),
        None,
        Text(
            "send it again later, or use a key of the service",
            "请稍后重发，或使用服务自己的密钥",
        ),
    )


def not_allowed(role: str) -> Diagnostic:
    """The key is valid, but lacks the route's role."""
    return Diagnostic(
        "access.not-allowed",
        Text(f"this route needs the role `{role}`", f"此路由需要角色 `{role}`"),
        None,
        Text(f"use a key with the role `{role}`", f"请使用具有角色 `{role}` 的密钥"),
    )


def not_the_operator() -> Diagnostic:
    """Versions and measures are those of all tenants: they are the operator's alone."""
    return Diagnostic(
        "access.not-the-operator",
        Text("this concerns all tenants", "此操作涉及所有租户"),
        None,
        Text("use a key of the tenant `default`", "请使用租户 `default` 的密钥"),
    )


def too_fast() -> Diagnostic:
    """A key has used up its rate."""
    return Diagnostic(
        "access.too-fast",
        Text("the key's rate is used up", "密钥的调用频率已用尽"),
        None,
        Text("wait as long as `Retry-After` says", "请按 `Retry-After` 等待"),
    )


def overloaded() -> Diagnostic:
    """More requests at once than the service takes."""
    return Diagnostic(
        "service.overloaded",
        Text("the service is busy", "服务繁忙"),
        None,
        Text("send it again after `Retry-After`", "请在 `Retry-After` 之后重发"),
    )


def log_unavailable() -> Diagnostic:
    """The decision could not be logged, so it is not given."""
    return Diagnostic(
        "service.log-unavailable",
        Text(
            "the decision could not be logged, so there is no answer",
            "决策无法写入日志，因此不予答复",
        ),
        None,
        Text("send it again later", "请稍后重发"),
    )


def not_found(path: str) -> Diagnostic:
    """Nothing is at this address."""
    return Diagnostic(
        "service.not-found",
        Text(f"nothing is at `{path}`", f"`{path}` 没有内容"),
        None,
        Text("see /v1/openapi.json", "见 /v1/openapi.json"),
    )


def wrong_method(method: str, path: str) -> Diagnostic:
    """The address is there, but not for this method."""
    return Diagnostic(
        "service.wrong-method",
        Text(f"`{path}` does not take {method}", f"`{path}` 不接受 {method}"),
        None,
        Text("see /v1/openapi.json", "见 /v1/openapi.json"),
    )


def internal_error(request: str) -> Diagnostic:
    """A mistake of ours; `request` finds it in the service's own log."""
    return Diagnostic(
        "service.internal-error",
        Text(f"something went wrong inside, request `{request}`", f"内部错误，请求 `{request}`"),
        None,
        Text("tell whoever runs the service", "请告知服务的运维人员"),
    )


def unknown_version(version: str, known: Iterable[str]) -> Diagnostic:
    """No policies of this version are stored."""
    return Diagnostic(
        "version.unknown",
        Text(f"there is no version `{version}`", f"没有版本 `{version}`"),
        None,
        meant_or_listed(version, known),
    )


def version_changed(version: str) -> Diagnostic:
    """The texts in the database are not those by whose hash they are called."""
    return Diagnostic(
        "version.changed",
        Text(
            f"the stored texts of version `{version}` were changed",
            f"已存版本 `{version}` 的文本被改动过",
        ),
        None,
        Text("restore them from a backup", "请从备份恢复"),
    )


def unknown_tenant(tenant: str, known: Iterable[str]) -> Diagnostic:
    """Nothing was ever logged for this tenant: more likely its name is misspelt."""
    return Diagnostic(
        "log.unknown-tenant",
        Text(f"nothing is logged for a tenant `{tenant}`", f"日志中没有租户 `{tenant}` 的条目"),
        None,
        meant_or_listed(tenant, known),
    )


def not_loopback(host: str) -> Diagnostic:
    """`--insecure-local` with an address that others can reach."""
    return Diagnostic(
        "service.not-loopback",
        Text(
            f"without keys the service listens on loopback only, not on `{host}`",
            f"不用密钥时只能监听本机回环地址，不能是 `{host}`",
        ),
        None,
        Text("use --host 127.0.0.1, or make keys", "请用 --host 127.0.0.1，或创建密钥"),
    )


def unknown_bound(name: str, known: Iterable[str]) -> Diagnostic:
    """`--bound` names none of the bounds."""
    return Diagnostic(
        "service.unknown-bound",
        Text(f"there is no bound `{name}`", f"没有上限 `{name}`"),
        None,
        meant_or_listed(name, known),
    )


def bad_bound(name: str, number: str) -> Diagnostic:
    """`--bound` sets a bound to what it cannot be."""
    return Diagnostic(
        "service.bad-bound",
        Text(
            f"the bound `{name}` must be a number above 0, not `{number}`",
            f"上限 `{name}` 必须是大于 0 的数，而不是 `{number}`",
        ),
        None,
        Text(f"write `--bound {name}=1000`", f"请写成 `--bound {name}=1000`"),
    )


def another_host(host: str) -> Diagnostic:
    """Without keys: a request that was sent to another host's name and yet came here."""
    return Diagnostic(
        "access.another-host",
        Text(
            f"without keys only requests to this machine are answered, not to `{host}`",
            f"不用密钥时只答复发往本机的请求，不能是 `{host}`",
        ),
        None,
        Text(
            "call it by localhost or 127.0.0.1, or make keys",
            "请用 localhost 或 127.0.0.1 访问，或创建密钥",
        ),
    )


def missing_extra(module: str, extra: str) -> Diagnostic:
    """A package that only this part needs is not installed."""
    return Diagnostic(
        "service.missing-extra",
        Text(f"the package `{module}` is not installed", f"没有安装 `{module}`"),
        None,
        Text(f"pip install 'keyaccount[{extra}]'", f"pip install 'keyaccount[{extra}]'"),
    )


def no_keys_yet() -> Diagnostic:
    """A service that needs keys is started, and there are none."""
    return Diagnostic(
        "access.no-keys-yet",
        Text("there is no key yet that opens the service", "还没有任何可用的密钥"),
        None,
        Text(
            "make one: keyaccount serve key add NAME --role decide",
            "请创建：keyaccount serve key add 名称 --role decide",
        ),
        Severity.WARNING,
    )


def unknown_key(id_: str) -> Diagnostic:
    """There is no key of this id."""
    return Diagnostic(
        "access.unknown-key",
        Text(f"there is no key `{id_}`", f"没有密钥 `{id_}`"),
        None,
        Text("see keyaccount serve key list", "见 keyaccount serve key list"),
    )


def oidc_incomplete() -> Diagnostic:
    """Tokens are taken only where issuer, audience and keys are all known."""
    return Diagnostic(
        "service.oidc-incomplete",
        Text(
            "tokens need an issuer, an audience and keys",
            "接受令牌需要签发者、受众和公钥三项",
        ),
        None,
        Text(
            "give --oidc-issuer, --oidc-audience and --oidc-jwks",
            "请给出 --oidc-issuer、--oidc-audience 和 --oidc-jwks",
        ),
    )


def job_given_up(job: str) -> Diagnostic:
    """A list that took its worker down each time it was tried."""
    return Diagnostic(
        "lists.given-up",
        Text(
            f"the list `{job}` was tried several times, and each time its worker came to an end",
            f"清单 `{job}` 已尝试多次，每次处理它的进程都中断了",
        ),
        None,
        Text(
            "look at the service's log, then upload it again, in smaller parts",
            "请查看服务日志，再分成较小的部分重新上传",
        ),
    )


def too_many_rows(rows: int, most: int) -> Diagnostic:
    """A list of more rows than the service takes at once."""
    return Diagnostic(
        "lists.too-many-rows",
        Text(
            f"the list has {counted(rows, 'row')}, more than {most}",
            f"清单有 {rows} 行，超过 {most} 行",
        ),
        None,
        Text(
            "upload it in parts, or decide it by `keyaccount batch`",
            "请分批上传，或用 keyaccount batch 处理",
        ),
    )


def list_disagrees(written: int, logged: int) -> Diagnostic:
    """A mistake of ours: the list written and the entries logged are not of the same rows."""
    return Diagnostic(
        "lists.disagrees",
        Text(
            f"{counted(written, 'row')} written but {logged:,} logged: the list is not given out",
            f"写出 {written} 行而日志记录 {logged} 行，因此不提供该清单",
        ),
        None,
        Text("tell whoever runs the service", "请告知服务的运维人员"),
    )


def list_removed(job: str) -> Diagnostic:
    """The files of a job have been kept as long as they are."""
    return Diagnostic(
        "lists.removed",
        Text(f"the files of `{job}` have been removed", f"`{job}` 的文件已删除"),
        None,
        Text("its decisions are in the log", "其决策仍在日志中"),
    )


def list_not_ready(job: str, state: str) -> Diagnostic:
    """A download before there is anything to fetch."""
    return Diagnostic(
        "lists.not-ready",
        Text(
            f"`{job}` is `{state}`: there is nothing to fetch",
            f"`{job}` 的状态是 `{state}`：没有可下载的内容",
        ),
        None,
        Text(f"see /v1/jobs/{job}", f"见 /v1/jobs/{job}"),
    )
