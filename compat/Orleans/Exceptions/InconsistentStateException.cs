using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>The stored state is not the one that the writer had read.</summary>
[GenerateSerializer]
public class InconsistentStateException : OrleansException
{
    public InconsistentStateException()
    {
    }

    public InconsistentStateException(string message)
        : base(message)
    {
    }

    public InconsistentStateException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    public InconsistentStateException(string? storedEtag, string? currentEtag, Exception? storageException)
        : this(storageException?.Message ?? "Inconsistent state", storedEtag, currentEtag, storageException)
    {
    }

    public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag)
        : this(errorMsg, storedEtag, currentEtag, null)
    {
    }

    public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag, Exception? storageException)
        : base(errorMsg, storageException)
    {
        StoredEtag = storedEtag;
        CurrentEtag = currentEtag;
    }

    [Id(0)]
    public string? StoredEtag { get; private set; }

    [Id(1)]
    public string? CurrentEtag { get; private set; }

    // Set where the storage of this very activation failed: only that activation is discarded, not its callers.
    internal bool IsSourceActivation { get; set; } = true;

    public override string ToString() => $"{base.ToString()} ExpectedEtag={CurrentEtag} ReceivedEtag={StoredEtag}";
}
