using System.Reflection;

namespace Darkroom.Tests.Compat.Surface;

/// <summary>A list of ../shared/api: the types of an official package, their bases and their members.</summary>
internal sealed class ApiList
{
    private readonly Dictionary<string, HashSet<string>> _members = [];
    private readonly Dictionary<string, (string Kind, HashSet<string> Bases)> _types = [];

    public ApiList(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            var bar = line.IndexOf(" | ", StringComparison.Ordinal);
            var (type, member) = (line[..bar], line[(bar + 3)..]);
            if (IsKind(member, out var kind, out var bases))
                _types[type] = (kind, [.. bases.Split(", ", StringSplitOptions.RemoveEmptyEntries)]);
            else if (_members.TryGetValue(type, out var members))
                members.Add(member);
            else
                _members[type] = [member];
        }
    }

    /// <summary>Reads the list whose file name begins so; null where the folder is absent.</summary>
    public static ApiList? Find(string prefix)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Cluster.sln")))
                continue;
            var api = Path.Combine(folder.FullName, "..", "shared", "api");
            var file = Directory.Exists(api) ? Directory.EnumerateFiles(api, prefix + "*.txt").FirstOrDefault() : null;
            return file is null ? null : new ApiList(File.ReadLines(file));
        }

        return null;
    }

    /// <summary>Says what of the assembly's public surface is not in the list.</summary>
    public IEnumerable<string> Violations(Assembly assembly) =>
        assembly.GetTypes().Where(t => t.IsVisible).OrderBy(t => t.FullName, StringComparer.Ordinal).SelectMany(Violations);

    public IEnumerable<string> Violations(Type type)
    {
        var name = Signature.Of(type);
        if (!_types.TryGetValue(name, out var official))
        {
            yield return $"{name} | no such public type";
            yield break;
        }

        var kind = Signature.KindOf(type);
        if (kind != official.Kind && !(kind == "sealed class" && official.Kind == "class"))
            yield return $"{name} | {kind}, official: {official.Kind}";
        foreach (var contract in Signature.BasesOf(type).Where(b => !official.Bases.Contains(b)))
            yield return $"{name} | : {contract}";
        foreach (var member in Signature.MembersOf(type).Where(m => !Has(name, m)).Select(m => m.Text))
            yield return $"{name} | {member}";
    }

    private static bool IsKind(string member, out string kind, out string bases)
    {
        var colon = member.IndexOf(" : ", StringComparison.Ordinal);
        kind = colon < 0 ? member : member[..colon];
        bases = colon < 0 ? "" : member[(colon + 3)..];
        return kind is "class" or "static class" or "sealed class" or "abstract class" or "struct" or "interface" or "enum" or "delegate";
    }

    private bool Has(string type, Signature member)
    {
        if (_members.TryGetValue(type, out var members) && member.Variants.Any(members.Contains))
            return true;

        // A member that only overrides may stand at a base in the official package.
        if (!member.IsOverride)
            return false;
        return member.IsOfObject || (_types.TryGetValue(type, out var found) && found.Bases.Any(b => Has(b, member)));
    }
}
