using Darkroom.Models.Pipelines;

namespace Darkroom.Grains.Devices;

/// <summary>Which models a device holds, how large they are, who uses them, and which of them goes when another one needs the room.</summary>
/// <remarks>
/// The least recently used goes first, those that are to be kept after all others; one that is in use or came only lately stays, so that two models do not push each other out
/// by turns. While a model waits for room, new uses of those in its way are refused once they have stayed long enough: their runs end, and it gets in.
/// Not thread-safe.
/// </remarks>
internal sealed class ModelShelf(long capacityBytes, TimeSpan minimumResidency, TimeProvider time)
{
    // Who was turned away asks again within a fraction of a second; one that asks no more must not block the others.
    private static readonly TimeSpan WantedFor = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> keptUntil = new(StringComparer.Ordinal);
    private (string Model, long At)? wanted;

    /// <summary>Gets the models that are there, also those that are being loaded.</summary>
    public IEnumerable<Entry> Entries => entries.Values;

    /// <summary>Gets the bytes of all models.</summary>
    public long SizeBytes => entries.Values.Sum(entry => entry.SizeBytes);

    /// <summary>Gets the bytes that all models together may have.</summary>
    public long CapacityBytes { get; } = capacityBytes;

    /// <summary>Finds a model for a new use.</summary>
    /// <exception cref="DeviceBusyException">Another model waits for its place.</exception>
    public Entry? Find(string model)
    {
        if (!entries.TryGetValue(model, out var entry))
            return null;
        if (wanted is { } waiting && waiting.Model != model && time.GetElapsedTime(waiting.At) < WantedFor && HasStayed(entry))
            throw new DeviceBusyException($"The model '{model}' makes room for '{waiting.Model}', which waits for the device.");
        return entry;
    }

    /// <summary>Puts a model there that is about to be loaded.</summary>
    /// <param name="model">Its name.</param>
    /// <param name="sizeBytes">About its size.</param>
    /// <param name="evicted">Takes the models that went for it; the caller frees them.</param>
    /// <exception cref="DeviceBusyException">There is no room now.</exception>
    public Entry Add(string model, long sizeBytes, List<Entry> evicted)
    {
        // One model is always accepted, however large.
        while (entries.Count > 0 && SizeBytes + sizeBytes > CapacityBytes)
        {
            if (TryEvict(isForced: false) is not { } gone)
            {
                if (wanted is not { } waiting || waiting.Model == model || time.GetElapsedTime(waiting.At) >= WantedFor)
                    wanted = (model, time.GetTimestamp());
                // What went already makes room for the next try.
                throw new DeviceBusyException(
                    $"The model '{model}' needs {sizeBytes >> 20} MiB; {SizeBytes >> 20} of {CapacityBytes >> 20} MiB are taken by models in use or just loaded ({DeviceOptions.SectionName}:{nameof(DeviceOptions.ModelMebibytes)}).");
            }

            evicted.Add(gone);
        }

        if (wanted?.Model == model)
            wanted = null;
        var entry = new Entry(model) { SizeBytes = sizeBytes };
        entries.Add(model, entry);
        return entry;
    }

    /// <summary>Notes that a model is loaded.</summary>
    public void Loaded(Entry entry, LoadedModel model) => (entry.Model, entry.SizeBytes, entry.LoadedAt, entry.UsedAt) = (model, model.SizeBytes, time.GetTimestamp(), time.GetTimestamp());

    /// <summary>Takes the least recently used model away, if one may go.</summary>
    /// <param name="isForced">Whether also one that came only lately may go: memory ran out.</param>
    public Entry? TryEvict(bool isForced)
    {
        var oldest = entries.Values
            .Where(entry => entry.Model is not null && entry.Users == 0 && (isForced || HasStayed(entry)))
            .MinBy(entry => (IsKept(entry.Name), entry.UsedAt));
        if (oldest is not null)
            entries.Remove(oldest.Name);
        return oldest;
    }

    /// <summary>Takes a model away that could not be loaded.</summary>
    public void Remove(Entry entry)
    {
        if (entries.TryGetValue(entry.Name, out var current) && current == entry)
            entries.Remove(entry.Name);
    }

    /// <summary>Notes that a use has begun.</summary>
    public static void Use(Entry entry) => entry.Users++;

    /// <summary>Notes that a use has ended.</summary>
    public void Release(Entry entry)
    {
        entry.Users--;
        entry.UsedAt = time.GetTimestamp();
    }

    /// <summary>Has a model go after all others for a while, also one that is not there yet; zero ends that.</summary>
    public void Keep(string model, TimeSpan duration)
    {
        foreach (var name in keptUntil.Keys.Where(name => !IsKept(name)).ToList())
            keptUntil.Remove(name);
        if (duration > TimeSpan.Zero)
            keptUntil[model] = time.GetTimestamp() + (long)(duration.TotalSeconds * time.TimestampFrequency);
        else
            keptUntil.Remove(model);
    }

    private bool IsKept(string model) => keptUntil.TryGetValue(model, out var until) && time.GetTimestamp() < until;

    private bool HasStayed(Entry entry) => entry.Model is not null && time.GetElapsedTime(entry.LoadedAt) >= minimumResidency;

    /// <summary>A model's place.</summary>
    internal sealed class Entry(string name)
    {
        /// <summary>Gets the model's name.</summary>
        public string Name { get; } = name;

        /// <summary>Gets or sets the model, once loaded.</summary>
        public LoadedModel? Model { get; set; }

        /// <summary>Gets or sets the load under way, or the loaded model.</summary>
        public Task<LoadedModel>? Loading { get; set; }

        /// <summary>Gets or sets the bytes it takes; an estimate until it is loaded.</summary>
        public long SizeBytes { get; set; }

        /// <summary>Gets or sets how many use it or wait for it.</summary>
        public int Users { get; set; }

        /// <summary>Gets or sets when it was loaded.</summary>
        public long LoadedAt { get; set; }

        /// <summary>Gets or sets when the last use ended.</summary>
        public long UsedAt { get; set; }
    }
}
