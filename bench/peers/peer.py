"""A program that races: asked one line on its stdin, it answers one line on its stdout."""
import os
import subprocess
import sys


class Peer:
    def __init__(self, command, **environment):
        self.name = os.path.basename(command[1] if command[0] == sys.executable else command[0])
        self.process = subprocess.Popen([str(word) for word in command], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env={**os.environ, **environment})

    def ask(self, question):
        try:
            self.process.stdin.write(question + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            self.give_up(question)
        return answer.strip()

    def give_up(self, question):
        """A peer that ends with a code of docs/exit-codes.md has said why."""
        status = self.process.wait()
        if status > 0:
            sys.exit(status)
        sys.exit(f"race: {self.name} ended at '{question}' with status {status}")

    def numbers(self, question):
        return [float(word) for word in self.ask(question).split()]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def answer_commands(commands):
    """The other end, for a peer in Python: `commands` maps a line's first word to a function of the
    rest."""
    for line in sys.stdin:
        name, *words = line.split()
        print(commands[name](*words), flush=True)
