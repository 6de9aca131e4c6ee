#!/usr/bin/env python3
"""Makes src/terminal.svg: a terminal in the middle of a run.

It starts a sandbox and a real import in a pseudo-terminal, answers the question, reads what the program
draws, and writes the screen as it is when the wanted row is done. Needs Python's standard library and a
built program:

    cargo build --release
    python3 docs/terminal.py target/release/userside-bulk
"""

import fcntl
import html
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios

WIDTH, HEIGHT = 116, 24
# The picture is taken when so many of the 150 rows are done.
WANTED = 93
TYPED = "userside-bulk import change_balance balances.csv --expect-total 12345.67 --rate 40/s"
FAULTS = ["--fault", "error@20,60", "--fault", "503=3%", "--latency", "60ms", "--seed", "7"]

DOCS = os.path.dirname(os.path.abspath(__file__))
COLOURS = {31: "#f7768e", 32: "#9ece6a", 33: "#e0af68", 34: "#7aa2f7", 35: "#bb9af7", 36: "#7dcfff"}
PAPER, INK, FAINT = "#1a1b26", "#c0caf5", "#565f89"
CELL, LINE = 8.4, 19


class Screen:
    """As much of a terminal as a progress bar needs."""

    def __init__(self):
        self.cells = [[(" ", None)] * WIDTH for _ in range(HEIGHT)]
        self.row = self.column = 0
        self.style = None

    def feed(self, text):
        for code, character in re.findall(r"\x1b\[([0-9;?]*[A-Za-z])|([^\x1b])", text, re.S):
            if code:
                self.obey(code)
            elif character == "\r":
                self.column = 0
            elif character == "\n":
                self.row = min(self.row + 1, HEIGHT - 1)
            else:
                if self.column == WIDTH:
                    self.column, self.row = 0, min(self.row + 1, HEIGHT - 1)
                self.cells[self.row][self.column] = (character, self.style)
                self.column += 1

    def obey(self, code):
        number = int(code[:-1].split(";")[0]) if code[:-1].isdigit() else 0
        if code[-1] == "K":
            start = 0 if number == 2 else self.column
            self.cells[self.row][start:] = [(" ", None)] * (WIDTH - start)
        elif code[-1] == "A":
            self.row = max(self.row - max(number, 1), 0)
        elif code[-1] == "m":
            for part in code[:-1].split(";"):
                part = int(part or 0)
                if part == 0:
                    self.style = None
                elif part in COLOURS:
                    self.style = COLOURS[part]
                elif part == 2:
                    self.style = FAINT

    def lines(self):
        last = max((n for n, line in enumerate(self.cells) if any(c != " " for c, _ in line)), default=0)
        return self.cells[: last + 1]

    def text(self):
        return "\n".join("".join(c for c, _ in line).rstrip() for line in self.lines())


def svg(lines):
    width, height = WIDTH * CELL + 32, len(lines) * LINE + 60
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" height="{height}">',
        "<title>A terminal during an import</title>",
        f'<rect width="100%" height="100%" rx="8" fill="{PAPER}"/>',
    ]
    for n, colour in enumerate(["#f7768e", "#e0af68", "#9ece6a"]):
        parts.append(f'<circle cx="{20 + n * 18}" cy="18" r="5.5" fill="{colour}"/>')
    parts.append('<g font-family="\'DejaVu Sans Mono\', Menlo, Consolas, monospace" font-size="14">')
    for n, line in enumerate(lines):
        at, top = 0, 40 + n * LINE
        while at < WIDTH:
            character, style = line[at]
            end = at + 1
            bar = character in "█░"
            while end < WIDTH and line[end][1] == style and (line[end][0] == character if bar else line[end][0] not in "█░"):
                end += 1
            x, length = 16 + at * CELL, (end - at) * CELL
            if bar:
                fill = style if character == "█" else FAINT
                parts.append(f'<rect x="{x:.1f}" y="{top + 2}" width="{length:.1f}" height="{LINE - 5}" fill="{fill}"/>')
            else:
                # Each word has its own place, so that columns stay columns in any font.
                for word in re.finditer(r"\S+", "".join(c for c, _ in line[at:end])):
                    parts.append(
                        f'<text x="{x + word.start() * CELL:.1f}" y="{top + 14}" '
                        f'textLength="{len(word.group()) * CELL:.1f}" lengthAdjust="spacingAndGlyphs" '
                        f'fill="{style or INK}">{html.escape(word.group(), quote=False)}</text>'
                    )
            at = end
    return "\n".join([*parts, "</g>", "</svg>", ""])


def watch(command, folder, environment):
    """What a command draws, as a screen, until the wanted row is done."""
    screen = Screen()
    screen.feed(f"\x1b[32m$\x1b[0m {TYPED}\r\n")
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.execve(command[0], command, environment)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
    answered, pending, seen = False, b"", ""
    try:
        while True:
            pending += os.read(terminal, 4096)
            # A character or a sequence may come in two pieces.
            cut = pending.rfind(b"\r") + 1 or len(pending) if answered else len(pending)
            piece, pending = pending[:cut].decode("utf-8", "ignore"), pending[cut:]
            seen += piece
            for part in re.split(r"(?=\x1b\[2K)", piece):
                screen.feed(part)
                done = re.search(r"(\d+)/150 rows.*ok \d", screen.text())
                if done and int(done.group(1)) >= WANTED:
                    return screen
            # The question is complete when its colour has ended and a blank follows.
            if not answered and re.search(r"\[y/N\]\S* $", seen):
                os.write(terminal, b"y\n")
                answered = True
    finally:
        os.close(terminal)
        os.waitpid(child, 0)


def main():
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(os.path.join(DOCS, "..", "samples", "balances.csv"), folder)
        environment = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "USERSIDE_API_KEY": "key-for-rehearsals"}
        sandbox = subprocess.Popen(
            [program, "sandbox", "--listen", "127.0.0.1:0", "--customers", "1300", *FAULTS],
            stdout=subprocess.PIPE, env=environment, text=True,
        )
        try:
            environment["USERSIDE_URL"] = sandbox.stdout.readline().strip()
            command = [program, *TYPED.split()[1:]]
            picture = svg(watch(command, folder, environment).lines())
        finally:
            sandbox.kill()
            sandbox.wait()
    with open(os.path.join(DOCS, "src", "terminal.svg"), "w", encoding="utf-8") as file:
        file.write(picture)


main()
