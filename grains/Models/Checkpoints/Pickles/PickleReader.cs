using System.Numerics;

namespace Darkroom.Models.Checkpoints.Pickles;

/// <summary>Reads one pickle without executing anything: numbers, texts, lists, dictionaries, and what <see cref="TorchNames"/> makes of a few names.</summary>
/// <remarks>
/// A pickle is a program for a machine with a stack. This machine knows the opcodes that files of tensors need and compares names with
/// a fixed list; it has no way to import or call. Neither time nor memory grows faster than the pickle, which has a bounded length.
/// </remarks>
internal sealed class PickleReader
{
    private const int MaxSteps = 2_000_000;
    private const int MaxNameBytes = 256;
    private const int HighestProtocol = 5;

    private static readonly object Mark = new();

    private readonly PickleInput input;
    private readonly List<object?> stack = [];
    private readonly Dictionary<uint, object?> memo = [];
    private readonly List<PickleStorage> storages = [];

    private PickleReader(PickleInput input) => this.input = input;

    /// <summary>Reads a pickle.</summary>
    /// <param name="input">At its first byte; afterwards behind its last.</param>
    /// <returns>
    /// The value: null, bool, long, BigInteger, double, string, object?[] (a tuple), List (a list), <see cref="PickleDictionary"/>,
    /// <see cref="PickleName"/>, <see cref="PickleStorage"/> or <see cref="PickleTensor"/>; and every storage that was mentioned.
    /// </returns>
    /// <exception cref="InvalidCheckpointException">It is damaged, or wants what is not allowed.</exception>
    public static (object? Value, IReadOnlyList<PickleStorage> Storages) Read(PickleInput input)
    {
        var reader = new PickleReader(input);
        return (reader.Run(), reader.storages);
    }

    private object? Run()
    {
        for (var step = 0; step < MaxSteps; step++)
        {
            var opcode = (PickleOpcode)input.ReadByte();
            if (opcode == PickleOpcode.Stop)
                return Pop();
            if (!Literal(opcode) && !Collect(opcode) && !Remember(opcode) && !Name(opcode))
            {
                throw new InvalidCheckpointException(
                    $"The pickle has opcode 0x{(byte)opcode:x2} at byte {input.Position - 1}, which builds no tensor; such files are not read.");
            }
        }

        throw new InvalidCheckpointException($"The pickle has more than {MaxSteps} steps.");
    }

    private bool Literal(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.None: Push(null); break;
            case PickleOpcode.NewTrue: Push(true); break;
            case PickleOpcode.NewFalse: Push(false); break;
            case PickleOpcode.BinInt: Push((long)input.ReadInt32()); break;
            case PickleOpcode.BinInt1: Push((long)input.ReadByte()); break;
            case PickleOpcode.BinInt2: Push((long)input.ReadUInt16()); break;
            case PickleOpcode.Long1: PushInteger(new BigInteger(input.ReadBytes(input.ReadByte()))); break;
            case PickleOpcode.BinFloat: Push(input.ReadDouble()); break;
            case PickleOpcode.BinUnicode: Push(input.ReadText((uint)input.ReadInt32())); break;
            case PickleOpcode.ShortBinUnicode: Push(input.ReadText(input.ReadByte())); break;
            case PickleOpcode.BinUnicode8: Push(input.ReadText(input.ReadInt64())); break;
            case PickleOpcode.BinString: Push(input.ReadText(input.ReadInt32())); break;
            case PickleOpcode.ShortBinString: Push(input.ReadText(input.ReadByte())); break;
            default: return false;
        }

        return true;
    }

    private bool Collect(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Mark: Push(Mark); break;
            case PickleOpcode.Pop: PopAny(); break;
            case PickleOpcode.PopMark: PopToMark(); break;
            case PickleOpcode.EmptyTuple: Push(Array.Empty<object?>()); break;
            case PickleOpcode.Tuple1: Push(PopMany(1)); break;
            case PickleOpcode.Tuple2: Push(PopMany(2)); break;
            case PickleOpcode.Tuple3: Push(PopMany(3)); break;
            case PickleOpcode.Tuple: Push(PopToMark()); break;
            case PickleOpcode.EmptyList: Push(new List<object?>()); break;
            case PickleOpcode.List: Push(new List<object?>(PopToMark())); break;
            case PickleOpcode.Append: AppendAll(PopMany(1)); break;
            case PickleOpcode.Appends: AppendAll(PopToMark()); break;
            case PickleOpcode.EmptyDict: Push(new PickleDictionary()); break;
            case PickleOpcode.Dict:
                var items = PopToMark();
                Push(new PickleDictionary());
                SetAll(items);
                break;
            case PickleOpcode.SetItem: SetAll(PopMany(2)); break;
            case PickleOpcode.SetItems: SetAll(PopToMark()); break;
            default: return false;
        }

        return true;
    }

    private bool Remember(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Memoize: memo[(uint)memo.Count] = Top(); break;
            case PickleOpcode.BinPut: memo[input.ReadByte()] = Top(); break;
            case PickleOpcode.LongBinPut: memo[(uint)input.ReadInt32()] = Top(); break;
            case PickleOpcode.BinGet: Recall(input.ReadByte()); break;
            case PickleOpcode.LongBinGet: Recall((uint)input.ReadInt32()); break;
            case PickleOpcode.Frame: input.ReadInt64(); break;                  // a hint for readers with a buffer
            case PickleOpcode.Proto:
                if (input.ReadByte() is var protocol and > HighestProtocol)
                    throw new InvalidCheckpointException($"The pickle has protocol {protocol}; known are 0 to {HighestProtocol}.");
                break;
            default: return false;
        }

        return true;
    }

    private bool Name(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Global:
                Push(TorchNames.Require(new PickleName(input.ReadLine(MaxNameBytes), input.ReadLine(MaxNameBytes))));
                break;
            case PickleOpcode.StackGlobal:
                Push(PopMany(2) is [string module, string name]
                    ? TorchNames.Require(new PickleName(module, name))
                    : throw Malformed("a name that is not two texts"));
                break;
            case PickleOpcode.Reduce:
                Push(PopMany(2) is [PickleName function, object?[] arguments]
                    ? TorchNames.Apply(function, arguments)
                    : throw Malformed("a call of something that is no name"));
                break;
            case PickleOpcode.Build:
                // The only state that counts here is that of an OrderedDict: notes of nn.Module.state_dict, which nobody needs.
                Pop();
                if (Top() is not PickleDictionary)
                    throw Malformed("the state of something that is no dictionary");
                break;
            case PickleOpcode.BinPersistentId:
                var storage = TorchNames.Storage(Pop());
                storages.Add(storage);
                Push(storage);
                break;
            default: return false;
        }

        return true;
    }

    private void PushInteger(BigInteger value)
    {
        if (value >= long.MinValue && value <= long.MaxValue)
            Push((long)value);
        else
            Push(value);
    }

    private void AppendAll(object?[] items)
    {
        if (Top() is not List<object?> list)
            throw Malformed("an element of something that is no list");
        list.AddRange(items);
    }

    private void SetAll(object?[] items)
    {
        if (items.Length % 2 != 0 || Top() is not PickleDictionary dictionary)
            throw Malformed("an entry of something that is no dictionary");
        for (var i = 0; i < items.Length; i += 2)
            dictionary.Add(new(items[i], items[i + 1]));
    }

    private void Recall(uint index) =>
        Push(memo.TryGetValue(index, out var value) ? value : throw Malformed($"a reference to value {index}, which was not kept"));

    private void Push(object? value) => stack.Add(value);

    private object? Top() => stack.Count > 0 && stack[^1] != Mark ? stack[^1] : throw Malformed("an empty stack");

    private object? Pop()
    {
        var value = Top();
        stack.RemoveAt(stack.Count - 1);
        return value;
    }

    private void PopAny()
    {
        if (stack.Count == 0)
            throw Malformed("an empty stack");
        stack.RemoveAt(stack.Count - 1);
    }

    private object?[] PopMany(int count)
    {
        var values = new object?[count];
        for (var i = count - 1; i >= 0; i--)
            values[i] = Pop();
        return values;
    }

    private object?[] PopToMark()
    {
        var mark = stack.LastIndexOf(Mark);
        if (mark < 0)
            throw Malformed("no mark on the stack");
        var values = stack.GetRange(mark + 1, stack.Count - mark - 1).ToArray();
        stack.RemoveRange(mark, stack.Count - mark);
        return values;
    }

    private InvalidCheckpointException Malformed(string what) => new($"The pickle is damaged before byte {input.Position}: {what}.");
}
