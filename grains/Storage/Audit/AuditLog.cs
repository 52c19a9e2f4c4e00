using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Darkroom.Storage.Audit;

/// <summary>What operators did. Entries are added, a blob each, and nothing here changes or deletes one.</summary>
/// <remarks>Who may write the container may do more; an immutability policy on <c>audit/</c> keeps even them from it (docs/security.md).</remarks>
public sealed partial class AuditLog
{
    private const string Folder = "audit/";
    private const string DayFormat = "yyyy-MM-dd";
    private const string ContentType = "application/json";
    private const int MaxTextLength = 200;
    private const int MaxEntryBytes = 16 << 10;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    private readonly IBlobStore blobs;
    private readonly TimeProvider time;
    private readonly ILogger<AuditLog> logger;

    /// <summary>Makes one.</summary>
    /// <param name="blobs">Where the entries are kept, as <c>audit/DAY/TIME-NUMBER</c>.</param>
    /// <param name="time">When things happen.</param>
    /// <param name="logger">Also told of every entry; may be null.</param>
    public AuditLog(IBlobStore blobs, TimeProvider time, ILogger<AuditLog>? logger = null)
    {
        (this.blobs, this.time) = (blobs, time);
        this.logger = logger ?? NullLogger<AuditLog>.Instance;
    }

    /// <summary>Does something, with an entry before and one after it. What cannot be noted is not done.</summary>
    /// <param name="actor">Who does it.</param>
    /// <param name="action">What.</param>
    /// <param name="subject">To what.</param>
    /// <param name="work">Does it; what it returns is the caller's.</param>
    /// <param name="describe">Says more of what was done; may be null.</param>
    /// <param name="cancellationToken">Stops it; that it began is noted then, and that it failed.</param>
    /// <exception cref="BlobStoreException">It could not be noted; if that was before, nothing was done.</exception>
    public async Task<T> RecordAsync<T>(
        AuditActor actor, string action, string subject, Func<Task<T>> work, Func<T, string?>? describe = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        await AddAsync(actor, action, subject, AuditResult.Started, null, cancellationToken).ConfigureAwait(false);
        T done;
        try
        {
            done = await work().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            await AddAsync(actor, action, subject, AuditResult.Failed, error.Message, CancellationToken.None).ConfigureAwait(false);
            throw;
        }

        await AddAsync(actor, action, subject, AuditResult.Succeeded, describe?.Invoke(done), CancellationToken.None).ConfigureAwait(false);
        return done;
    }

    /// <summary>Logs that somebody asked for what he may not. It is no entry: whoever asks a thousand times must not fill the store.</summary>
    public void Deny(AuditActor actor, string action, string subject) =>
        LogDenied(action, Bounded(subject)!, Bounded(actor.Name)!, actor.Account, actor.Origin);

    /// <summary>Reads the entries of a day, oldest first.</summary>
    /// <param name="day">The day (UTC).</param>
    /// <param name="after">Only what comes behind the entry of this name; null begins at the first.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>Each entry with its name.</returns>
    public async IAsyncEnumerable<(string Name, AuditEntry Entry)> ReadAsync(
        DateOnly day, string? after = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var folder = $"{Folder}{day.ToString(DayFormat, CultureInfo.InvariantCulture)}/";
        await foreach (var blob in blobs.ListAsync(folder, cancellationToken).ConfigureAwait(false))
        {
            var name = blob.Name[folder.Length..];
            if (string.CompareOrdinal(name, after) <= 0)
                continue;
            if (await blobs.TryReadBytesAsync(blob.Name, MaxEntryBytes, cancellationToken).ConfigureAwait(false) is not { } read)
                continue;                                                       // the store's owner deleted it meanwhile
            yield return (name, Parse(blob.Name, read.Bytes));
        }
    }

    private async Task AddAsync(AuditActor actor, string action, string subject, AuditResult result, string? detail, CancellationToken cancellationToken)
    {
        var entry = new AuditEntry(time.GetUtcNow(), actor with { Name = Bounded(actor.Name)! }, action, Bounded(subject)!, result, Bounded(detail));
        LogEntry(action, entry.Subject, entry.Actor.Name, actor.Account, actor.Origin, result, entry.Detail);
        var day = entry.At.UtcDateTime.ToString(DayFormat, CultureInfo.InvariantCulture);
        // The number keeps apart what happens at the same moment on several machines.
        var name = $"{Folder}{day}/{entry.At.UtcDateTime.ToString("HHmmss.fffffff", CultureInfo.InvariantCulture)}-{Guid.NewGuid():N}";
        await blobs.WriteBytesAsync(name, JsonSerializer.SerializeToUtf8Bytes(entry, Json), WriteCondition.IfAbsent, ContentType, cancellationToken).ConfigureAwait(false);
    }

    private static AuditEntry Parse(string name, byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<AuditEntry>(bytes, Json) ?? throw new JsonException("it is empty");
        }
        catch (JsonException error)
        {
            throw new BlobStoreException($"The audit log's entry '{name}' is damaged: {error.Message}", error);
        }
    }

    // A line stays a line, whatever a name or an error says.
    private static string? Bounded(string? text)
    {
        if (text is null)
            return null;
        var line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= MaxTextLength ? line : line[..MaxTextLength];
    }
}
