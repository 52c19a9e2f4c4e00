using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Darkroom.Tests.Cluster.Operator.Support;

/// <summary>What an API server says no with.</summary>
internal sealed class StubRefusal(int code, string reason, string message) : Exception(message)
{
    public int Code => code;

    public JsonObject ToStatus() => new()
    {
        ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Failure", ["message"] = Message, ["reason"] = reason, ["code"] = code,
    };
}

/// <summary>A change as a watch tells of it.</summary>
internal sealed record StubEvent(long Version, string Plural, string Type, JsonObject Resource);

/// <summary>Resources as etcd and the API server keep them: one version for all, generations, finalizers, a status of its own, and a memory of changes that ends somewhere.</summary>
internal sealed class StubStore(IReadOnlyDictionary<string, StubSchema> schemas, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, JsonObject> objects = new(StringComparer.Ordinal);
    private readonly List<StubEvent> log = [];
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long version = 100;
    private long oldest = 100;
    private long oldestList;

    /// <summary>Gets or sets whether resources are taken as they come, as by a server whose definitions are too old.</summary>
    public bool ChecksNothing { get; set; }

    /// <summary>Gets what ends at the next change.</summary>
    public Task Changed => changed.Task;

    public long Version => Interlocked.Read(ref version);

    /// <summary>Creates a resource.</summary>
    public JsonObject Create(string plural, string? space, JsonObject given)
    {
        lock (gate)
        {
            var resource = (JsonObject)JsonNode.Parse(given.ToJsonString())!;
            var metadata = resource["metadata"] as JsonObject ?? throw new StubRefusal(422, "Invalid", "metadata is missing");
            var name = (string?)metadata["name"] ?? throw new StubRefusal(422, "Invalid", "metadata.name is missing");
            if (space is not null && ((string?)metadata["namespace"] ?? space) != space)
                throw new StubRefusal(400, "BadRequest", "the namespace of the object does not match that of the request");
            if (objects.ContainsKey(KeyOf(plural, space, name)))
                throw new StubRefusal(409, "AlreadyExists", $"{plural} \"{name}\" already exists");
            if (space is not null)
                metadata["namespace"] = space;
            metadata["uid"] = Guid.NewGuid().ToString();
            metadata["generation"] = 1L;
            metadata["creationTimestamp"] = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            metadata.Remove("deletionTimestamp");
            resource.Remove("status");
            Admit(plural, resource, old: null);
            return Keep(plural, "ADDED", resource);
        }
    }

    public JsonObject Get(string plural, string? space, string name)
    {
        lock (gate)
            return (JsonObject)Find(plural, space, name).DeepClone();
    }

    public bool Has(string plural, string? space, string name)
    {
        lock (gate)
            return objects.ContainsKey(KeyOf(plural, space, name));
    }

    /// <summary>Changes a resource by a merge patch, of its status or of all else.</summary>
    public JsonObject Patch(string plural, string? space, string name, JsonObject patch, bool isStatus)
    {
        lock (gate)
        {
            var now = Find(plural, space, name);
            return Update(plural, space, name, Merge(now, patch), isStatus);
        }
    }

    /// <summary>Replaces a resource, its status or all else.</summary>
    public JsonObject Update(string plural, string? space, string name, JsonObject given, bool isStatus)
    {
        lock (gate)
        {
            var now = Find(plural, space, name);
            var wanted = (JsonObject)given["metadata"]!;
            if ((string?)wanted["resourceVersion"] is { Length: > 0 } read && read != (string?)now["metadata"]!["resourceVersion"])
                throw new StubRefusal(409, "Conflict", $"Operation cannot be fulfilled on {plural} \"{name}\": the object has been modified");
            if ((string?)wanted["uid"] is { } uid && uid != (string?)now["metadata"]!["uid"])
                throw new StubRefusal(409, "Conflict", $"Precondition failed: UID in precondition: {uid}");
            var next = (JsonObject)now.DeepClone();
            if (isStatus)
            {
                Replace(next, "status", given["status"]);
            }
            else
            {
                Replace(next, "spec", given["spec"]);
                foreach (var field in (string[])["finalizers", "labels", "annotations"])
                    Replace((JsonObject)next["metadata"]!, field, wanted[field]);
            }

            Admit(plural, next, now);
            if (JsonNode.DeepEquals(next, now))
                return (JsonObject)now.DeepClone();
            if (!JsonNode.DeepEquals(next["spec"], now["spec"]))
                next["metadata"]!["generation"] = (long)next["metadata"]!["generation"]! + 1;
            return IsGoing(next) && !HasFinalizers(next) ? Remove(plural, next) : Keep(plural, "MODIFIED", next);
        }
    }

    /// <summary>Deletes a resource: at once, or once its finalizers are gone.</summary>
    public JsonObject Delete(string plural, string? space, string name)
    {
        lock (gate)
        {
            var resource = (JsonObject)Find(plural, space, name).DeepClone();
            if (!HasFinalizers(resource))
                return Remove(plural, resource);
            if (IsGoing(resource))
                return resource;
            resource["metadata"]!["deletionTimestamp"] = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            resource["metadata"]!["deletionGracePeriodSeconds"] = 0;
            resource["metadata"]!["generation"] = (long)resource["metadata"]!["generation"]! + 1;
            return Keep(plural, "MODIFIED", resource);
        }
    }

    /// <summary>Lists a page. Later pages show the version of the first, as long as it is remembered.</summary>
    public JsonObject List(string plural, int limit, string? next)
    {
        lock (gate)
        {
            var (at, after) = next is null ? (version, string.Empty) : Parse(next);
            if (at < oldestList)
                throw new StubRefusal(410, "Expired", "The provided continue parameter is too old to display a consistent list result.");
            var page = objects.Where(pair => pair.Key.StartsWith(plural + "|", StringComparison.Ordinal) && string.CompareOrdinal(pair.Key, after) > 0)
                .Take(limit > 0 ? limit + 1 : int.MaxValue).ToList();
            var metadata = new JsonObject { ["resourceVersion"] = Text(at) };
            if (limit > 0 && page.Count > limit)
            {
                page.RemoveAt(limit);
                metadata["continue"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{at}|{page[^1].Key}"));
            }

            return new JsonObject
            {
                ["kind"] = "List", ["apiVersion"] = "darkroom.dev/v1alpha1", ["metadata"] = metadata,
                ["items"] = new JsonArray([.. page.Select(pair => pair.Value.DeepClone())]),
            };
        }
    }

    /// <summary>Gets what happened after a version, and the version that this goes up to.</summary>
    public (IReadOnlyList<StubEvent> Events, long UpTo) Since(string plural, long after)
    {
        lock (gate)
        {
            if (after < oldest)
                throw new StubRefusal(410, "Expired", $"too old resource version: {after} ({oldest})");
            return ([.. log.Where(happened => happened.Version > after && happened.Plural == plural)], version);
        }
    }

    /// <summary>Forgets what happened until now: watches from before are too old, and so are lists under way if asked.</summary>
    public void Compact(bool alsoLists = false)
    {
        lock (gate)
        {
            version++;
            oldest = version;
            oldestList = alsoLists ? version : oldestList;
            log.Clear();
        }

        Signal();
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string KeyOf(string plural, string? space, string name) => $"{plural}|{space}|{name}";

    private static (long At, string After) Parse(string next)
    {
        var text = Encoding.UTF8.GetString(Convert.FromBase64String(next));
        var bar = text.IndexOf('|', StringComparison.Ordinal);
        return (long.Parse(text[..bar], CultureInfo.InvariantCulture), text[(bar + 1)..]);
    }

    private static bool IsGoing(JsonObject resource) => resource["metadata"]!["deletionTimestamp"] is not null;

    private static bool HasFinalizers(JsonObject resource) => resource["metadata"]!["finalizers"] is JsonArray { Count: > 0 };

    private static void Replace(JsonObject target, string field, JsonNode? value)
    {
        if (value is null)
            target.Remove(field);
        else
            target[field] = value.DeepClone();
    }

    // RFC 7396.
    private static JsonObject Merge(JsonObject target, JsonObject patch)
    {
        var merged = (JsonObject)target.DeepClone();
        foreach (var (name, value) in patch)
        {
            if (value is JsonObject inner)
                merged[name] = Merge(merged[name] as JsonObject ?? [], inner);
            else
                Replace(merged, name, value);
        }

        return merged;
    }

    private void Admit(string plural, JsonObject resource, JsonObject? old)
    {
        if (!ChecksNothing)
            schemas[plural].Admit(resource, old);
    }

    private JsonObject Find(string plural, string? space, string name) => objects.TryGetValue(KeyOf(plural, space, name), out var found)
        ? found
        : throw new StubRefusal(404, "NotFound", $"{plural} \"{name}\" not found");

    private JsonObject Keep(string plural, string type, JsonObject resource)
    {
        resource["metadata"]!["resourceVersion"] = Text(++version);
        objects[KeyOf(plural, (string?)resource["metadata"]!["namespace"], (string)resource["metadata"]!["name"]!)] = resource;
        return Tell(plural, type, resource);
    }

    private JsonObject Remove(string plural, JsonObject resource)
    {
        objects.Remove(KeyOf(plural, (string?)resource["metadata"]!["namespace"], (string)resource["metadata"]!["name"]!));
        resource["metadata"]!["resourceVersion"] = Text(++version);
        return Tell(plural, "DELETED", resource);
    }

    private JsonObject Tell(string plural, string type, JsonObject resource)
    {
        log.Add(new StubEvent(version, plural, type, (JsonObject)resource.DeepClone()));
        Signal();
        return (JsonObject)resource.DeepClone();
    }

    private void Signal() => Interlocked.Exchange(ref changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
}
