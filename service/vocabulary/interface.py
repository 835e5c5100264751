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
