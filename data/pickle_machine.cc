#include "data/pickle_machine.h"

#include <fmt/format.h>

#include <map>
#include <stdexcept>
#include <utility>
#include <vector>

#include "base/error.h"
#include "data/pickle_numpy.h"
#include "data/pickle_stack.h"

namespace normlab {
namespace {

using Kind = PickleValue::Kind;

class Machine {
 public:
  Machine(std::string_view bytes, const std::string& path, PickleArena& arena)
      : input_(bytes, path), stack_(input_), arena_(arena) {}

  const PickleValue* Run() {
    try {
      CheckProtocol();
      for (std::uint8_t code = input_.NextOpcode(); code != '.'; code = input_.NextOpcode()) {
        const bool known = Scalar(code) || Bytes(code) || Tuple(code) || Collection(code) ||
                           Memo(code) || Call(code);
        if (!known) Refuse(code);
      }
    } catch (const std::length_error& error) {
      input_.Fail(fmt::format("the pickle has {}; it is not a CIFAR-10 batch", error.what()));
    }
    return Finish();
  }

 private:
  void CheckProtocol() {
    const std::uint8_t code = input_.NextOpcode();
    const std::uint64_t protocol = code == 0x80 ? input_.Unsigned(1) : 0;
    if (protocol < 2 || protocol > 5) {
      input_.Fail("expected a pickle of protocol 2 to 5, found none; it is not a CIFAR-10 batch");
    }
  }

  const PickleValue* Finish() {
    const PickleValue* value = stack_.Pop();
    if (stack_.size() != 0) input_.Fail("the pickle is damaged: values are left over at its end");
    if (input_.left() != 0) {
      input_.Fail(
          fmt::format("too long: expected the end of the file after the pickle, found {} "
                      "more bytes",
                      input_.left()));
    }
    return value;
  }

  bool Scalar(std::uint8_t code) {
    switch (code) {
      case 'N':
        Push(Kind::kNone, 0);
        return true;
      case 0x88:
        Push(Kind::kBool, 1);
        return true;
      case 0x89:
        Push(Kind::kBool, 0);
        return true;
      case 'K':
        Push(Kind::kInt, static_cast<std::int64_t>(input_.Unsigned(1)));
        return true;
      case 'M':
        Push(Kind::kInt, static_cast<std::int64_t>(input_.Unsigned(2)));
        return true;
      case 'J':
        Push(Kind::kInt, input_.Signed(4));
        return true;
      case 0x8a:
        Push(Kind::kInt, Long());
        return true;
      default:
        return false;
    }
  }

  std::int64_t Long() {
    const std::uint64_t width = input_.Unsigned(1);
    if (width > 8) input_.Fail(fmt::format("a number of {} bytes; expected at most 8", width));
    return input_.Signed(static_cast<int>(width));
  }

  // BINSTRING ('T') and SHORT_BINSTRING ('U') are Python 2's strings, which are bytes.
  bool Bytes(std::uint8_t code) {
    switch (code) {
      case 'U':
      case 'C':
        PushBytes(Kind::kBytes, 1);
        return true;
      case 'T':
      case 'B':
        PushBytes(Kind::kBytes, 4);
        return true;
      case 0x8e:
      case 0x96:
        PushBytes(Kind::kBytes, 8);
        return true;
      case 0x8c:
        PushBytes(Kind::kText, 1);
        return true;
      case 'X':
        PushBytes(Kind::kText, 4);
        return true;
      case 0x8d:
        PushBytes(Kind::kText, 8);
        return true;
      default:
        return false;
    }
  }

  bool Tuple(std::uint8_t code) {
    switch (code) {
      case '(':
        stack_.PushMark();
        return true;
      case ')':
        PushTuple({});
        return true;
      case 0x85:
      case 0x86:
      case 0x87:
        PushTuple(stack_.PopMany(code - 0x84u));
        return true;
      case 't':
        PushTuple(stack_.PopToMark());
        return true;
      default:
        return false;
    }
  }

  bool Collection(std::uint8_t code) {
    switch (code) {
      case ']':
        Push(Kind::kList, 0);
        return true;
      case '}':
        Push(Kind::kDict, 0);
        return true;
      case 'a':
        Extend(Kind::kList, stack_.PopMany(1));
        return true;
      case 'e':
        Extend(Kind::kList, stack_.PopToMark());
        return true;
      case 's':
        Extend(Kind::kDict, stack_.PopMany(2));
        return true;
      case 'u':
        Extend(Kind::kDict, stack_.PopToMark());
        return true;
      default:
        return false;
    }
  }

  // A FRAME (0x95) only says how far the next opcodes reach.
  bool Memo(std::uint8_t code) {
    switch (code) {
      case 'q':
        stack_.Remember(input_.Unsigned(1));
        return true;
      case 'r':
        stack_.Remember(input_.Unsigned(4));
        return true;
      case 0x94:
        stack_.RememberNext();
        return true;
      case 'h':
        stack_.Recall(input_.Unsigned(1));
        return true;
      case 'j':
        stack_.Recall(input_.Unsigned(4));
        return true;
      case 0x95:
        input_.Unsigned(8);
        return true;
      default:
        return false;
    }
  }

  bool Call(std::uint8_t code) {
    switch (code) {
      case 'c': {
        const std::string_view module = input_.Line();
        stack_.Push(FindGlobal(module, input_.Line(), input_, arena_));
        return true;
      }
      case 0x93: {
        const PickleValue* name = stack_.Pop(Kind::kText);
        const PickleValue* module = stack_.Pop(Kind::kText);
        stack_.Push(FindGlobal(module->bytes, name->bytes, input_, arena_));
        return true;
      }
      case 'R': {
        const PickleValue* arguments = stack_.Pop(Kind::kTuple);
        const PickleValue* function = stack_.Pop(Kind::kGlobal);
        stack_.Push(CallGlobal(*function, *arguments, input_, arena_));
        return true;
      }
      case 'b': {
        const PickleValue* state = stack_.Pop();
        SetState(*stack_.Top(), *state, input_);
        return true;
      }
      default:
        return false;
    }
  }

  void Push(Kind kind, std::int64_t number) {
    PickleValue* value = arena_.New(kind, input_.opcode_offset());
    value->number = number;
    stack_.Push(value);
  }

  void PushBytes(Kind kind, int width) {
    PickleValue* value = arena_.New(kind, input_.opcode_offset());
    value->bytes = input_.Take(input_.Unsigned(width));
    stack_.Push(value);
  }

  void PushTuple(std::vector<const PickleValue*> items) {
    PickleValue* value = arena_.New(Kind::kTuple, input_.opcode_offset());
    value->items = std::move(items);
    stack_.Push(value);
  }

  void Extend(Kind kind, const std::vector<const PickleValue*>& items) {
    PickleValue* container = stack_.Top();
    if (container->kind != kind || (kind == Kind::kDict && items.size() % 2 != 0)) {
      input_.Fail(fmt::format("the pickle is damaged: expected {} and its items on the stack",
                              KindName(kind)));
    }
    container->items.insert(container->items.end(), items.begin(), items.end());
  }

  // The opcodes that import, construct or call by other ways, and those that no file of the kinds
  // above has.
  [[noreturn]] void Refuse(std::uint8_t code) {
    static const std::map<std::uint8_t, const char*> kNames = {
        {'i', "INST"},      {'o', "OBJ"},   {0x81, "NEWOBJ"}, {0x92, "NEWOBJ_EX"}, {'P', "PERSID"},
        {'Q', "BINPERSID"}, {0x82, "EXT1"}, {0x83, "EXT2"},   {0x84, "EXT4"}};
    const auto name = kNames.find(code);
    input_.Fail(
        fmt::format("the pickle uses the opcode {}0x{:02x}, which a CIFAR-10 batch has no "
                    "use for; the file is refused",
                    name == kNames.end() ? "" : fmt::format("{} ", name->second), code));
  }

  PickleInput input_;
  PickleStack stack_;
  PickleArena& arena_;
};

}  // namespace

const PickleValue* RunPickle(std::string_view bytes, const std::string& path, PickleArena& arena) {
  return Machine(bytes, path, arena).Run();
}

}  // namespace normlab
