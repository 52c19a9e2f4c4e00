using System.Globalization;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Runs its modules one after the other and disposes the values between them.</summary>
public class Sequential : nn.Module<Tensor, Tensor>
{
    private readonly List<nn.IModule<Tensor, Tensor>> steps = [];
    private readonly List<string> names = [];

    protected Sequential(params (string name, nn.Module<Tensor, Tensor> submodule)[] modules)
        : base(nameof(Sequential))
    {
        foreach (var (name, submodule) in modules)
        {
            Add(name, submodule);
        }
    }

    protected Sequential(params nn.Module<Tensor, Tensor>[] modules)
        : base(nameof(Sequential))
    {
        foreach (var submodule in modules)
        {
            append(submodule);
        }
    }

    internal Sequential()
        : base(nameof(Sequential))
    {
    }

    public int Count => steps.Count;

    [IndexerName("SequentialItems")]
    public nn.IModule<Tensor, Tensor> this[int index] => steps[index];

    [IndexerName("SequentialItems")]
    public Sequential this[(int? start, int? end) index] => Slice(index.start ?? 0, index.end ?? steps.Count);

    [IndexerName("SequentialItems")]
    public Sequential this[Range index] => Slice(index.Start.GetOffset(steps.Count), index.End.GetOffset(steps.Count));

    public Sequential append(string name, nn.IModule<Tensor, Tensor> module)
    {
        Add(name, module);
        return this;
    }

    public Sequential append(nn.IModule<Tensor, Tensor> module) =>
        append(steps.Count.ToString(CultureInfo.InvariantCulture), module);

    public override Tensor forward(Tensor tensor)
    {
        if (steps.Count == 0)
        {
            return tensor.alias();
        }

        var current = steps[0].call(tensor);
        for (var index = 1; index < steps.Count; index++)
        {
            var next = steps[index].call(current);
            current.Dispose();
            current = next;
        }

        return current;
    }

    public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
    {
        var seen = new HashSet<IntPtr> { IntPtr.Zero };
        foreach (var (childName, child) in recurse ? named_children() : [])
        {
            foreach (var (name, parameter) in child.named_parameters(true))
            {
                if (seen.Add(parameter.HandleOrZero()))
                {
                    yield return ($"{childName}.{name}", parameter);
                }
            }
        }
    }

    public override IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_persistent = true)
    {
        var seen = new HashSet<IntPtr> { IntPtr.Zero };
        foreach (var (childName, child) in recurse ? named_children() : [])
        {
            foreach (var (name, buffer) in child.named_buffers(true, include_persistent))
            {
                if (seen.Add(buffer.HandleOrZero()))
                {
                    yield return ($"{childName}.{name}", buffer);
                }
            }
        }
    }

    public override IEnumerable<(string name, nn.Module module)> named_children()
    {
        for (var index = 0; index < steps.Count; index++)
        {
            yield return (names[index], (nn.Module)steps[index]);
        }
    }

    public override IEnumerable<(string name, nn.Module module)> named_modules()
    {
        foreach (var entry in named_children())
        {
            yield return entry;
        }

        foreach (var (childName, child) in named_children())
        {
            foreach (var (name, module) in child.named_modules())
            {
                yield return ($"{childName}.{name}", module);
            }
        }
    }

    public override nn.Module apply(Action<nn.Module> fn)
    {
        foreach (var (_, child) in named_children())
        {
            child.apply(fn);
        }

        fn(this);
        return this;
    }

    internal void Add(string name, nn.IModule<Tensor, Tensor> module)
    {
        steps.Add(module);
        names.Add(name);
    }

    private Sequential Slice(int start, int end)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(end);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, steps.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(end, steps.Count);
        var result = new Sequential();
        for (var index = start; index < end; index++)
        {
            result.Add(names[index], steps[index]);
        }

        return result;
    }
}
