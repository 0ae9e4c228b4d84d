"""Commands and printers for gdb: the hosts of a stopped run, all their fibers, and the stack of each.

A build puts this text into the program itself (section .debug_gdb_scripts), so that gdb finds it in any program that
links Orrery; `orrery replay FILE --gdb` starts gdb so that it reads it. It reads the world by the names of its fields,
which it learns from break_event.cc; lines of code and local variables need a build with debug information.

A parked fiber is a saved stack pointer. Boost.Context has pushed the registers that a call preserves there, and the
address at which the fiber goes on. To walk such a stack, gdb is given these registers for a moment.
"""

import re

import gdb
import gdb.printing

# Where jump_fcontext of Boost.Context leaves each register of a fiber on x86-64, from the saved stack pointer on.
SAVED = {"r12": 0x08, "r13": 0x10, "r14": 0x18, "r15": 0x20, "rbx": 0x28, "rbp": 0x30, "rip": 0x38}
SAVED_SIZE = 0x40


# --- values of the standard library, which may be there without its own printers --------------------------------------


def vector(value):
    first = value["_M_impl"]["_M_start"]
    for i in range(int(value["_M_impl"]["_M_finish"] - first)):
        yield (first + i).dereference()


def text(value):
    fields = [field.name for field in value.type.strip_typedefs().fields()]
    if "_M_str" in fields:  # std::string_view
        length = int(value["_M_len"])
        return value["_M_str"].string("utf-8", "replace", length=length) if length > 0 else ""
    length = int(value["_M_string_length"])
    return value["_M_dataplus"]["_M_p"].string("utf-8", "replace", length=length)


def owned(value):
    """The pointer in a std::unique_ptr, which holds nothing else."""
    pointer = value.type.strip_typedefs().template_argument(0).pointer()
    return value.address.cast(pointer.pointer()).dereference()


def plain(name):
    """A function's name without its return type, parameters and arguments of templates."""
    kept, depth = "", 0
    for each in name or "":
        depth += each in "<(" and 1
        kept += "" if depth else each
        depth -= each in ">)" and depth > 0
    return kept.removesuffix(" const").rsplit(" ", 1)[-1]


def enumerator(value):
    return str(value).rsplit("::", 1)[-1]


def seconds(nanoseconds):
    nanoseconds = int(nanoseconds)
    sign, rest = ("-", -nanoseconds) if nanoseconds < 0 else ("", nanoseconds)
    fraction = ("%09d" % (rest % 10**9)).rstrip("0")
    return "%s%d%s s" % (sign, rest // 10**9, "." + fraction if fraction else "")


# --- the world -------------------------------------------------------------------------------------------------------


def variable(name):
    try:
        return gdb.parse_and_eval(name)
    except gdb.error as error:
        raise gdb.GdbError("%s cannot be read: %s" % (name, error))


def world():
    pointer = variable("orrery_world")
    if int(pointer) == 0:
        raise gdb.GdbError("no run is under way; start one with: orrery replay FILE --gdb")
    return pointer.dereference()


def parts():
    return world()["parts_"]


def hosts():
    return list(vector(parts()["hosts"]))


def name_of(host):
    return text(host["spec"]["name"])


def host_named(name):
    for host in hosts():
        if name_of(host) == name:
            return host
    raise gdb.GdbError("there is no host '%s'; there are %s" % (name, ", ".join(name_of(host) for host in hosts())))


def process_of(host):
    """None while the host is down."""
    process = owned(host["process"])
    return None if int(process) == 0 else process.dereference()


def tasks_of(host):
    """The tasks that have not ended, by slot."""
    process = process_of(host)
    states = [] if process is None else [owned(state).dereference() for state in vector(process["tasks_"]["states_"])]
    return [state for state in states if state["alive"]]


def is_running(task):
    return task["tasks"].dereference()["running_"] == task.address


def event_number():
    """Of the event that begins or runs."""
    begun = int(parts()["kernel"]["events_"])
    return begun + 1 if int(variable("orrery_event")) != 0 else begun


def where_it_waits(process, task):
    for box in vector(process["sockets_"]["mailboxes_"]):
        if box["receiver"] == task.address:
            return "receive at port %d" % int(box["port"])
    for slot in vector(process["streams_"]["slots_"]):
        for role, word in (("reader", "read from"), ("writer", "write to")):
            if int(slot["connection"]) != 0 and slot[role] == task.address:
                return "%s stream %s" % (word, slot["connection"])
    for box, listener in zip(vector(process["sockets_"]["mailboxes_"]), vector(process["streams_"]["listeners_"])):
        if listener["acceptor"] == task.address:
            return "accept at port %d" % int(box["port"])
    return enumerator(task["waiting"])


def wait_of(process, task):
    if is_running(task):
        return "runs now"
    wait = where_it_waits(process, task)
    if int(task["timer"]) == 0:
        return wait
    event = task["timer"].cast(gdb.lookup_type("orrery::sim::world::Event").pointer())
    return "%s until %s" % (wait, seconds(event["time"]))


# --- stacks ----------------------------------------------------------------------------------------------------------


class Parked:
    """While this is entered, gdb's newest frame is that of a parked fiber."""

    def __init__(self, task):
        if "x86-64" not in gdb.newest_frame().architecture().name():
            raise gdb.GdbError("stacks of parked fibers can be walked on x86-64 only")
        context = int(task["fiber"]["context_"])
        word = gdb.lookup_type("unsigned long")
        self.registers = {"rsp": context + SAVED_SIZE}
        for register, offset in SAVED.items():
            self.registers[register] = int(gdb.Value(context + offset).cast(word.pointer()).dereference())
        if "No symbol" in gdb.execute("info symbol %d" % self.registers["rip"], to_string=True):
            raise gdb.GdbError("the saved stack of task '%s' is not one that can be walked" % text(task["name"]))

    def __enter__(self):
        self.level = gdb.selected_frame().level()
        gdb.newest_frame().select()
        self.before = {register: int(gdb.parse_and_eval("(unsigned long)$" + register)) for register in self.registers}
        self.set(self.registers)

    def __exit__(self, *_):
        gdb.newest_frame().select()
        self.set(self.before)
        frame = gdb.newest_frame()
        while frame.older() is not None and frame.level() < self.level:
            frame = frame.older()
        frame.select()

    @staticmethod
    def set(registers):
        for register, value in registers.items():
            gdb.execute("set $%s = %d" % (register, value))


# What stands between the code that waits and the switch of stacks.
MACHINERY = re.compile(r"$|jump_fcontext$|(boost::context|orrery::sim|orrery::scenarios::engine|std)::")


def place_of(task):
    """Where the fiber's own code waits: "rpc::Server::serve, rpc.cc:120"."""
    if is_running(task):
        return ""
    if enumerator(task["waiting"]) == "start":
        return "not begun"
    with Parked(task):
        frame = gdb.newest_frame()
        while frame is not None and MACHINERY.match(plain(frame.name())):
            frame = frame.older()
        if frame is None:
            return "?"
        name = re.sub(r"(^|::)operator$", r"\1a lambda", plain(frame.name())).replace("orrery::", "")
        line = frame.find_sal()
        source = line.symtab.filename.rsplit("/", 1)[-1] if line.symtab else ""
        return "%s, %s:%d" % (name, source, line.line) if source else name


class ShownFrames:
    """A filter of frames, on for orrery-bt alone: the code of the process, from its innermost call of Env on. Left out
    are what switches stacks, what std::function puts in between, and what starts a task."""

    HIDDEN_NAMES = re.compile(r"$|jump_fcontext$|std::|orrery::sim::(Fiber|Tasks|world)::")
    HIDDEN_FILES = re.compile(r"/sim/(fiber|tasks|world/)|/c\+\+/[0-9]+/")

    def __init__(self):
        self.name, self.priority, self.enabled = "orrery", 100, False

    def filter(self, frames):
        for frame in frames:
            name = plain(frame.inferior_frame().name())
            if name == "orrery::sim::Tasks::run":
                return
            symbols = frame.inferior_frame().find_sal().symtab
            is_hidden = self.HIDDEN_NAMES.match(name) or (symbols and self.HIDDEN_FILES.search(symbols.filename))
            if not is_hidden:
                yield frame


shown_frames = ShownFrames()
gdb.frame_filters[shown_frames.name] = shown_frames


def on_stack(task, command):
    if is_running(task):
        gdb.execute(command)
    elif enumerator(task["waiting"]) == "start":
        gdb.write("it has not begun\n")
    else:
        with Parked(task):
            gdb.execute(command)


# --- commands --------------------------------------------------------------------------------------------------------


def table(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        gdb.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() + "\n")


class Command(gdb.Command):
    def __init__(self):
        super().__init__(self.name, gdb.COMMAND_STACK)

    def complete(self, words, word):
        return [name_of(host) for host in hosts() if name_of(host).startswith(word)]

    def one_task(self, host, wanted):
        tasks = tasks_of(host)
        found = [task for task in tasks if wanted in (text(task["name"]), str(int(task["slot"])))]
        if len(found) == 1:
            return found[0]
        all_of_it = ", ".join("%d %s" % (int(task["slot"]), text(task["name"])) for task in found or tasks)
        problem = "several tasks of that name: say which by its number" if found else "no task '%s'" % wanted
        raise gdb.GdbError("%s has %s; %s" % (name_of(host), problem, all_of_it or "it is down"))


class Hosts(Command):
    """orrery-hosts: each host, whether it is up, its tasks, and the gauges that it reports."""

    name = "orrery-hosts"

    def invoke(self, words, _):
        rows = [("host", "is", "tasks", "reports")]
        for host in hosts():
            process = process_of(host)
            states = ["boots"] if host["booting"] else ["down"] if process is None else ["up"]
            if int(host["pauses_count"]) > 0:
                states.append("paused")
            gauges = []
            for gauge in vector(host["states"]):
                value = text(gauge["text"]) if gauge["is_text"] else str(int(gauge["integer"]))
                gauges.append("%s=%s" % (text(gauge["key"]), value))
            rows.append((name_of(host), ", ".join(states), str(len(tasks_of(host))), " ".join(gauges)))
        table(rows)


class Fibers(Command):
    """orrery-fibers [HOST]: each task, what it waits for, and where in its code."""

    name = "orrery-fibers"

    def invoke(self, words, _):
        rows = [("host", "task", "name", "waits for", "in")]
        for host in [host_named(words)] if words else hosts():
            process = process_of(host)
            for task in tasks_of(host):
                rows.append(
                    (name_of(host), str(int(task["slot"])), text(task["name"]), wait_of(process, task), place_of(task))
                )
        table(rows)


class Backtrace(Command):
    """orrery-bt HOST [TASK [OPTIONS]]: the stack of a task, parked or not; without one, of all tasks of the host.
    TASK is its name or its number, as orrery-fibers shows them. OPTIONS are those of bt, like 5 or -full; with
    -no-filters it shows every frame."""

    name = "orrery-bt"

    def invoke(self, words, _):
        host, task, options = (words.split(None, 2) + ["", "", ""])[:3]
        if not host:
            raise gdb.GdbError("orrery-bt expects a host; see orrery-hosts")
        host = host_named(host)
        for each in [self.one_task(host, task)] if task else tasks_of(host):
            gdb.write("%s, task %d '%s'\n" % (name_of(host), int(each["slot"]), text(each["name"])))
            shown_frames.enabled = True
            try:
                on_stack(each, "bt " + options)
            finally:
                shown_frames.enabled = False


class OnFiber(Command):
    """orrery-on HOST TASK COMMAND: a command of gdb on the stack of a task, like: frame apply 6 -q info locals."""

    name = "orrery-on"

    def invoke(self, words, _):
        words = words.split(None, 2)
        if len(words) < 3:
            raise gdb.GdbError("orrery-on expects HOST TASK COMMAND")
        on_stack(self.one_task(host_named(words[0]), words[1]), words[2])


class Event(Command):
    """orrery-event: the event that begins or runs."""

    name = "orrery-event"

    def invoke(self, words, _):
        pointer = variable("orrery_event")
        kernel = parts()["kernel"]
        line = "event number %d, at %s" % (event_number(), seconds(kernel["now_"]["nanoseconds"]))
        if int(pointer) == 0:
            gdb.write("%s: %016x runs\n" % (line, int(kernel["running_"])))
            return
        event = pointer.dereference()
        kind = enumerator(event["kind"]).replace("deliver", "delivery")
        where = "" if kind == "fault" else " on " + name_of(hosts()[int(event["host"])])
        label = int(event["label"])
        message = ""
        if label != 0:
            sender = name_of(hosts()[int(event["passage"]["from"])])
            message = " of %s from %s" % (text(event["label"]["name"]), sender)
        article = "an" if kind == "operation" else "a"
        gdb.write("%s: %016x begins, %s %s%s%s\n" % (line, int(event["id"]), article, kind, message, where))
        cause = int(event["cause"])
        gdb.write("its cause is %016x\n" % cause if cause != 0 else "nothing in the run is its cause\n")


def whole_number(words, otherwise):
    if not words:
        return otherwise
    if not words.isdigit() or int(words) == 0:
        raise gdb.GdbError("expected a number of events, from 1")
    return int(words)


def stop_at(number):
    for field, value in (("event", 0), ("number", number), ("time", 2**63 - 1)):
        gdb.execute("set variable orrery_break.%s = %d" % (field, value))


class Restart(gdb.Breakpoint):
    """Says, as the run begins, what to stop at, and lets it go on."""

    def __init__(self, event):
        super().__init__("orrery_break_start", internal=True)
        self.event = event

    def stop(self):
        stop_at(self.event)
        return False


class Back(Command):
    """orrery-back [N]: the run again, up to N events (1) before this one: it is the same run each time."""

    name = "orrery-back"

    def invoke(self, words, _):
        restart = Restart(max(1, event_number() - whole_number(words, 1)))
        gdb.execute("with confirm off -- run")
        restart.delete()


class Step(Command):
    """orrery-step [N]: goes on, to the event that begins N events (1) after this one."""

    name = "orrery-step"

    def invoke(self, words, _):
        world()
        stop_at(event_number() + whole_number(words, 1))
        gdb.execute("continue")


for command in (Hosts, Fibers, Backtrace, OnFiber, Event, Back, Step):
    command()


def stopped(_):
    if gdb.newest_frame().name() == "orrery_break_event":
        gdb.execute("orrery-event")


if gdb.convenience_variable("orrery_is_loaded") is None:  # not from two places
    gdb.set_convenience_variable("orrery_is_loaded", 1)
    gdb.events.stop.connect(stopped)


# --- printers --------------------------------------------------------------------------------------------------------


class PointPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        nanoseconds = int(self.value["nanoseconds"])
        return "never" if nanoseconds == 2**63 - 1 else seconds(nanoseconds)


class DurationPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        return seconds(self.value["__r"])


class AddressPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        number, port = int(self.value["host"]), int(self.value["port"])
        if number == 0:
            return "no address"
        all_hosts = hosts() if int(variable("orrery_world")) != 0 else []
        name = name_of(all_hosts[number - 1]) if number <= len(all_hosts) else "host number %d" % (number - 1)
        return "%s:%d" % (name, port) if port != 0 else name


class BytesPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        size, capacity = int(self.value["size_"]), int(self.value["capacity_"])
        if size > capacity:
            return "bytes that are not made yet"
        storage = self.value["storage_"]
        is_inline = capacity == 48
        start = storage["inside"].address if is_inline else storage["block"]
        if size == 0:
            return "no bytes"
        shown = bytes(gdb.selected_inferior().read_memory(int(start), min(size, 64)))
        dots = "..." if size > len(shown) else ""
        return "%d bytes %s%s %r" % (size, shown.hex(), dots, shown.decode("latin-1"))


class HostPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        return "host %s, %s" % (name_of(self.value), "down" if process_of(self.value) is None else "up")


printers = gdb.printing.RegexpCollectionPrettyPrinter("orrery")
printers.add_printer("Point", r"^orrery::sim::Point<.*>$", PointPrinter)
printers.add_printer("Duration", r"^std::chrono::duration<long, std::ratio<1, 1000000000> ?>$", DurationPrinter)
printers.add_printer("Address", r"^orrery::sim::Address$", AddressPrinter)
printers.add_printer("Bytes", r"^orrery::sim::Bytes$", BytesPrinter)
printers.add_printer("Host", r"^orrery::sim::world::Host$", HostPrinter)
gdb.printing.register_pretty_printer(gdb.current_objfile(), printers, replace=True)
