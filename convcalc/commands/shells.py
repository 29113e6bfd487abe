"""Completion in Bash, Zsh and fish: click finds what belongs at the cursor, and a script a shell asks and shows it."""

from __future__ import annotations

import os
import re
from contextlib import suppress

from click import shell_completion
from click.shell_completion import CompletionItem, ShellComplete, add_completion_class

from convcalc.commands import COMPLETION, cli
from convcalc.tuples import NamedTuple

BASH = """\
# Completion of convcalc for Bash, from `convcalc completion bash`; in ~/.bashrc:  source THIS_FILE
_convcalc_completion() {
    local row space=yes
    COMPREPLY=()
    while IFS= read -r row; do
        case $row in
            file*) type compopt >/dev/null 2>&1 && compopt -o default ;;
            part*) space=; COMPREPLY+=("${row#* }") ;;
            plain*) COMPREPLY+=("${row#* }") ;;
        esac
    done < <(_CONVCALC_COMPLETE=bash_complete _CONVCALC_LINE="${COMP_LINE:0:$COMP_POINT}" \\
        _CONVCALC_BREAKS="$COMP_WORDBREAKS" "${1/#\\~/$HOME}" 2>/dev/null)
    if [ -z "$space" ] && type compopt >/dev/null 2>&1; then compopt -o nospace; fi
}
complete -o nosort -F _convcalc_completion convcalc 2>/dev/null || complete -F _convcalc_completion convcalc
"""
ZSH = """\
#compdef convcalc
# Completion of convcalc for Zsh, from `convcalc completion zsh`; in ~/.zshrc:  source THIS_FILE
_convcalc() {
    local -a plain part
    local row
    for row in "${(@f)$(_CONVCALC_COMPLETE=zsh_complete \\
            _CONVCALC_LINE="${(j: :)words[1,CURRENT-1]} ${QIPREFIX}${PREFIX}" "${~words[1]}" 2>/dev/null)}"; do
        case $row in
            file*) _files ;;
            part*) part+=("${row#* }") ;;
            plain*) plain+=("${row#* }") ;;
        esac
    done
    (( $#plain )) && _describe -V convcalc plain -U
    (( $#part )) && _describe -V convcalc part -U -S ''
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _convcalc "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
    compdef _convcalc convcalc
fi
"""
FISH = """\
# Completion of convcalc for fish:  convcalc completion fish > ~/.config/fish/completions/convcalc.fish
function __convcalc_completion
    set -lx _CONVCALC_COMPLETE fish_complete
    set -lx _CONVCALC_LINE (commandline -cp | string collect)
    set -l program (commandline -cpo)[1]
    for row in (eval $program 2>/dev/null)
        switch $row
            case 'file*'
                __fish_complete_path (commandline -ct)
            case 'plain*' 'part*'
                echo -- (string split -m 1 -f 2 ' ' -- $row)
        end
    end
end
complete --command convcalc --no-files --keep-order --arguments '(__convcalc_completion)'
"""


class Completion(ShellComplete):
    """What belongs at the cursor, a row each: its type, a space, and the word; nothing at all if anything is wrong."""

    typed: TypedLine

    def source(self) -> str:
        return self.source_template

    def get_completion_args(self) -> tuple[list[str], str]:
        self.typed = read_line(os.environ.get("_CONVCALC_LINE", ""))
        return [*self.typed.words[1:]], self.typed.word

    def complete(self) -> str:
        args, word = self.get_completion_args()
        option, equals, value = word.partition("=")
        before = f"{option}=" if equals and option.startswith("-") else ""
        found: list[CompletionItem] = []
        with suppress(Exception):  # at a key that is pressed while a line is half written
            # click itself would leave the option out of the word.
            found = self.get_completions([*args, option] if before else args, value if before else word)
        for item in found:
            item.value = before + item.value
        return "\n".join(map(self.format_completion, found))

    def format_completion(self, item: CompletionItem) -> str:
        return f"{item.type} {self.text_of(item)}"

    def text_of(self, item: CompletionItem) -> str:
        raise NotImplementedError


class Bash(Completion):
    name = "bash"
    source_template = BASH

    def text_of(self, item: CompletionItem) -> str:
        return self.typed.rest(item.value, os.environ.get("_CONVCALC_BREAKS", ""))


class Zsh(Completion):
    """Words as `_describe` takes them: with what they mean behind a colon."""

    name = "zsh"
    source_template = ZSH

    def text_of(self, item: CompletionItem) -> str:
        value = item.value.replace("\\", "\\\\").replace(":", "\\:")
        return f"{value}:{' '.join(item.help.split())}" if item.help else value


class Fish(Completion):
    name = "fish"
    source_template = FISH

    def text_of(self, item: CompletionItem) -> str:
        return f"{item.value}\t{' '.join(item.help.split())}" if item.help else item.value


SHELLS = {shell.name: shell for shell in map(add_completion_class, (Bash, Zsh, Fish))}


def complete() -> int:
    """Answer a shell, whose question is in the environment."""
    return shell_completion.shell_complete(cli, {}, "convcalc", COMPLETION, os.environ[COMPLETION])


# A command line as far as it is typed

ESCAPED = {"": "", '"': '"$`\\'}  # what a backslash stands before in a quote; outside of them before anything


class TypedLine(NamedTuple):
    """Whole words, without their quotes, and the word at the cursor."""

    words: tuple[str, ...]
    word: str
    quote: str = ""  # that is open
    opened: int = 0  # how much of the word lies before that

    def rest(self, value: str, breaks: str) -> str:
        """What Bash is to write for a value: behind a sign that breaks words, or behind the open quote; quoted."""
        start = self.opened if self.quote else max((self.word.rfind(sign) + 1 for sign in breaks), default=0)
        return (
            quote_text(value[start:], self.quote)
            if value.startswith(self.word[:start])
            else quote_text(value, self.quote)
        )


def read_line(line: str) -> TypedLine:
    """The words of a line, as shells split it; a quote may be open, and a backslash the last sign."""
    words: list[str] = []
    word: str | None = None
    quote, opened = "", 0
    signs = iter(line)
    for sign in signs:
        if sign == quote:
            quote = ""
        elif sign == "\\" and quote != "'":
            escaped = next(signs, "")
            word = (word or "") + (sign if quote and escaped not in ESCAPED[quote] else "") + escaped
        elif quote:
            word = (word or "") + sign
        elif sign in "'\"":
            word = word or ""
            quote, opened = sign, len(word)
        elif sign.isspace():
            if word is not None:
                words.append(word)
            word = None
        else:
            word = (word or "") + sign
    return TypedLine(tuple(words), word or "", quote, opened)


def quote_text(text: str, quote: str) -> str:
    """A text as Bash reads it where this quote is open."""
    if quote == "'":
        return text.replace("'", "'\\''")
    return re.sub(r'(["$`\\])' if quote else r"([^\w@%+=:,./~^-])", r"\\\1", text)
