#!/usr/bin/env python3
"""Drives `ideoguard lsp` as editors do: with pygls' client, and with what each editor says that it can do.

    tests/outside/lsp.py PROGRAM

Needs git, Python 3.11 or newer and the packages of tests/requirements.txt.
"""

import asyncio
import sys
import time
import warnings
from pathlib import Path
from urllib.parse import unquote, urlparse

from lsprotocol import types
from pygls.workspace import PositionCodec, TextDocument
from pytest_lsp import client_capabilities, make_test_lsp_client

from sandbox import Sandbox, key, tell

EDITORS = ["visual-studio-code", "neovim@v0.11", "emacs"]
PATIENCE = 60


class Editor:
    """An editor with one repository open."""

    def __init__(self, sandbox, repo, name):
        self.sandbox, self.repo, self.name = sandbox, repo, name
        self.client, self.documents = make_test_lsp_client(), {}

    async def __aenter__(self):
        capabilities = client_capabilities(self.name)
        # The client answers no requests of the server but those that the tests are about.
        self.client.feature(types.CLIENT_REGISTER_CAPABILITY)(lambda params: None)
        env = self.sandbox.env
        await self.client.start_io(str(self.sandbox.bin / "ideoguard"), "lsp", cwd=self.repo.path, env=env)
        params = types.InitializeParams(capabilities=capabilities, root_uri=self.repo.path.as_uri())
        said = await self.client.initialize_session(params)
        self.codec = PositionCodec(said.capabilities.position_encoding)
        return self

    async def __aexit__(self, kind, *_):
        server = self.client._server
        if kind is None:
            await asyncio.wait_for(self.client.shutdown_session(), PATIENCE)
            assert server.returncode == 0, f"the server ended with {server.returncode}"
        elif server.returncode is None:
            server.kill()
        await self.client.stop()

    def open(self, name, language, text):
        uri = (self.repo.path / name).as_uri()
        self.documents[name] = self.document(uri, text, 1)
        item = types.TextDocumentItem(uri, language, 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def document(self, uri, text, version):
        return TextDocument(uri, text, version, position_codec=self.codec)

    def type(self, name, find, text):
        """Replaces the first occurrence of a text by another, as somebody who types does: by its place."""
        document = self.documents[name]
        at = document.source.index(find)
        start, end = (self.position(document.source, offset) for offset in (at, at + len(find)))
        self.edit(document, [types.TextEdit(types.Range(start, end), text)])

    def position(self, source, offset):
        before = source[:offset]
        line = before.count("\n")
        column = self.codec.client_num_units(before.rsplit("\n", 1)[-1])
        return types.Position(line, column)

    def edit(self, document, edits):
        for edit in edits:
            change = types.TextDocumentContentChangePartial(edit.range, edit.new_text)
            document.apply_change(change)
            document.version += 1
            id_ = types.VersionedTextDocumentIdentifier(version=document.version, uri=document.uri)
            self.client.text_document_did_change(types.DidChangeTextDocumentParams(id_, [change]))

    async def told(self, name):
        """Returns what is told of the document as it is now: an answer to a request comes after it."""
        await self.actions(name)
        return list(self.client.diagnostics.get(self.documents[name].uri, []))

    async def is_clean(self, name):
        told = await self.told(name)
        assert told == [], f"{self.name}: {told}"

    async def finds(self, name):
        """Returns the one thing that is told."""
        told = await self.told(name)
        assert len(told) == 1, f"{self.name}: {told}"
        return told[0]

    async def actions(self, name):
        document = self.documents[name]
        whole = types.Range(types.Position(0, 0), self.position(document.source, len(document.source)))
        context = types.CodeActionContext(diagnostics=[])
        id_ = types.TextDocumentIdentifier(document.uri)
        params = types.CodeActionParams(id_, whole, context)
        return await asyncio.wait_for(self.client.text_document_code_action_async(params), PATIENCE) or []

    async def apply(self, name, title):
        """Applies the action whose title begins so, and returns the paths that it changes."""
        found = [action for action in await self.actions(name) if action.title.startswith(title)]
        assert len(found) == 1, f"{self.name}: {title!r} is offered {len(found)} times"
        edit = found[0].edit
        changes = edit.document_changes or [
            types.TextDocumentEdit(types.OptionalVersionedTextDocumentIdentifier(uri=uri), edits)
            for uri, edits in edit.changes.items()
        ]
        return [self.change(change) for change in changes]

    def change(self, change):
        if isinstance(change, types.CreateFile):
            path = Path(unquote(urlparse(change.uri).path))
            path.touch()
            return path.name
        uri = change.text_document.uri
        [name] = [name for name, known in self.documents.items() if known.uri == uri] or [None]
        if name is None:
            path = Path(unquote(urlparse(uri).path))
            name = path.name
            self.open(name, "toml", path.read_text())
        document = self.documents[name]
        expected = change.text_document.version
        assert expected is None or expected == document.version or document.version == 1, (expected, document.version)
        self.edit(document, change.edits)
        return name

    def save(self, name):
        document = self.documents[name]
        (self.repo.path / name).write_bytes(document.source.encode())
        id_ = types.TextDocumentIdentifier(document.uri)
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(id_))

    def scan(self, name):
        self.save(name)
        return self.repo.run("ideoguard", "scan", name)


def stories(sandbox):
    told, count = [], iter(range(1000))

    def story(tale):
        """A story that is told once with each editor."""

        def tell_it():
            for name in EDITORS:
                asyncio.run(once(name))

        async def once(name):
            repo = sandbox.repo(f"a b{next(count)} é")
            async with Editor(sandbox, repo, name) as editor:
                await asyncio.wait_for(tale(editor), PATIENCE)

        tell_it.__name__ = tale.__name__
        told.append(tell_it)

    @story
    async def a_key_is_told_as_it_is_typed_and_no_more_when_it_is_gone(editor):
        secret = key()
        editor.open("app.js", "javascript", "// ideogram\r\n/* 🔑 é */ const IDEOGRAM_API_KEY = 'X'\r\n")
        await editor.is_clean("app.js")
        editor.type("app.js", "X", secret)
        found = await editor.finds("app.js")
        source = editor.documents["app.js"].source
        at = source.index(secret)
        expected = types.Range(editor.position(source, at), editor.position(source, at + len(secret)))
        assert found.range == expected, (found.range, expected)
        assert found.code == "ideogram-api-key" and found.severity == types.DiagnosticSeverity.Error, found
        assert secret[:5] not in found.message, "the message shows the key"
        editor.type("app.js", secret, "")
        await editor.is_clean("app.js")

    @story
    async def a_key_moves_to_the_environment_and_the_file_is_clean(editor):
        editor.open("app.py", "python", f'import os\n\n# 🔑\nIDEOGRAM_API_KEY = "{key()}"\n')
        await editor.apply("app.py", "Move to environment variable IDEOGRAM_API_KEY")
        source = editor.documents["app.py"].source
        assert source.endswith('IDEOGRAM_API_KEY = os.environ["IDEOGRAM_API_KEY"]\n'), "another line than expected"
        await editor.is_clean("app.py")
        editor.scan("app.py").passes()

    @story
    async def a_mark_counts_once_the_reason_is_written(editor):
        editor.open("app.py", "python", f'IDEOGRAM_API_KEY = "{key()}"  # 🔑\n')
        await editor.apply("app.py", "Allow with a reason, in a comment above")
        await editor.finds("app.py")
        editor.scan("app.py").fails("write the reason in words")
        editor.type("app.py", "...", "made up for the tutorial")
        await editor.is_clean("app.py")
        editor.scan("app.py").passes()

    @story
    async def an_entry_of_the_allow_file_counts_once_the_reason_is_written(editor):
        (editor.repo.path / ".ideoguard.toml").write_text("# ours\n")
        editor.open("app.json", "json", f'{{ "ideogram_api_key": "{key()}" }}\n')
        await editor.apply("app.json", "Allow with a reason, in the allow file")
        editor.save(".ideoguard.toml")
        found = await editor.finds("app.json")
        assert found.code == "not-scanned" and "the reason is empty" in found.message, found
        assert any("the reason is empty" in shown.message for shown in editor.client.messages), editor.client.messages
        editor.type(".ideoguard.toml", 'reason = ""', 'reason = "made up"')
        editor.save(".ideoguard.toml")
        await editor.is_clean("app.json")
        editor.scan("app.json").passes()

    @story
    async def a_large_document_is_told_as_it_is_typed_in(editor):
        lines = "".join(f"value_{number} = compute({number})\n" for number in range(150_000))
        editor.open("app.py", "python", lines + "IDEOGRAM_API_KEY = 'X'\n")
        start = time.monotonic()
        editor.type("app.py", "'X'", f"'{key()}'")
        await editor.finds("app.py")
        print(f"  {editor.name}: {len(lines) >> 20} MiB, told after {time.monotonic() - start:.2f} s")

    return told


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    warnings.simplefilter("error")
    sandbox = Sandbox(sys.argv[1])
    try:
        tell(stories(sandbox))
    finally:
        sandbox.remove()


if __name__ == "__main__":
    main()
