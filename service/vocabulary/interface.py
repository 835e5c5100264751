"""What programs ask, and what a key is good for."""

from __future__ import annotations

from service.vocabulary.entry import Vocabulary


class ApiAct(Vocabulary):
    """What is counted and limited apart, by address and by key."""

    VERIFY = "verify", "核验", "verification"
    BATCH = "batch", "批量核验", "batch verification"
    SEARCH = "search", "检索", "search"
    READ = "read", "其他读取", "other reads"
    FILES = "files", "文件下载", "file downloads"
    KEY = "key", "查看密钥", "looking at the key"


class ApiScope(Vocabulary):
    """What a key is good for."""

    VERIFY = "verify", "核验", "verification"
    BATCH = "batch", "批量核验", "batch verification"
    READ = "read", "检索、读取和下载", "search, reads and downloads"


class WebhookState(Vocabulary):
    """How a receiver of changes stands."""

    NEW = "new", "还没有送过", "nothing sent yet"
    WELL = "well", "正常", "well"
    FAILING = "failing", "送不到，正在重试", "failing, being tried again"
    PAUSED = "paused", "已暂停", "paused"
    GIVEN_UP = "given_up", "多次送不到，已停止", "given up after failures"
