using System.Runtime.CompilerServices;

namespace Orleans.Serialization;

/// <summary>Which objects of one message have been copied, so that shared references stay shared and cycles end.</summary>
internal sealed class CopyContext
{
    private const int FewObjects = 8;

    private readonly object[] _originals = new object[FewObjects];
    private readonly object[] _copies = new object[FewObjects];
    private Dictionary<object, object>? _many;
    private int _count;

    public void Add(object original, object copy)
    {
        // Copies nest as deep as the objects do.
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (_count < FewObjects)
        {
            _originals[_count] = original;
            _copies[_count++] = copy;
            return;
        }

        (_many ??= new(ReferenceEqualityComparer.Instance))[original] = copy;
    }

    public object? Find(object original)
    {
        for (var i = 0; i < _count; i++)
        {
            if (ReferenceEquals(_originals[i], original))
                return _copies[i];
        }

        return _many is not null && _many.TryGetValue(original, out var copy) ? copy : null;
    }
}
