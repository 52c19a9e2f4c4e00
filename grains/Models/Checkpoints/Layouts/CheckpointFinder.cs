using System.Text.Json;

namespace Darkroom.Models.Checkpoints.Layouts;

/// <summary>Finds the networks in a folder or file, in whatever published layout they are.</summary>
public static class CheckpointFinder
{
    private const string IndexName = "model_index.json";
    private const int MaxDepth = 4;
    private const int MaxFolders = 1000;
    private const long MaxOtherFileBytes = 64 << 20;

    private static readonly string[] OtherExtensions = [".json", ".txt", ".model"];

    /// <summary>Looks a folder or file over. Of the files with tensors only names and shapes are read.</summary>
    /// <param name="path">The folder, or one file of tensors; its configuration may be beside it.</param>
    /// <param name="layout">The layout that it must have, or null for any.</param>
    /// <param name="isPart">Whether it is one part of several: its names then begin with that of its folder, as if all lay in one.</param>
    /// <exception cref="InvalidCheckpointException">There is nothing that is known, or it has another layout.</exception>
    public static FoundCheckpoint Find(string path, string? layout = null, bool isPart = false)
    {
        var full = Path.GetFullPath(path);
        var isFile = File.Exists(full);
        if (!isFile && !Directory.Exists(full))
            throw new InvalidCheckpointException($"There is no file or folder '{path}'.");
        var start = Path.TrimEndingDirectorySeparator(isFile ? Path.GetDirectoryName(full)! : full);
        var search = new Search(start, isPart ? Path.GetDirectoryName(start) ?? start : start);
        if (isFile)
            search.AddFolder(start, full);
        else
            search.AddFolders();
        return search.Finish(path, layout);
    }

    /// <summary>What one search has found so far.</summary>
    private sealed class Search(string start, string root)
    {
        private readonly List<FoundComponent> components = [];
        private readonly List<string> others = [];
        private readonly List<string> skipped = [];

        public void AddFolders()
        {
            var waiting = new Queue<(string Folder, int Depth)>([(start, 0)]);
            for (var seen = 0; waiting.Count > 0; seen++)
            {
                if (seen == MaxFolders)
                    throw new InvalidCheckpointException($"'{start}' has more than {MaxFolders} folders; give the folder of one checkpoint.");
                var (folder, depth) = waiting.Dequeue();
                AddFolder(folder, null);
                if (depth == MaxDepth)
                    continue;
                foreach (var inner in new DirectoryInfo(folder).EnumerateDirectories().OrderBy(inner => inner.Name, StringComparer.Ordinal))
                {
                    if (!inner.Name.StartsWith('.') && inner.LinkTarget is null)
                        waiting.Enqueue((inner.FullName, depth + 1));
                }
            }
        }

        /// <summary>Adds what is in one folder.</summary>
        /// <param name="folder">The folder.</param>
        /// <param name="only">The only file with tensors to look at, or null for all.</param>
        public void AddFolder(string folder, string? only)
        {
            var files = Directory.GetFiles(folder).Where(file => !Path.GetFileName(file).StartsWith('.')).Order(StringComparer.Ordinal).ToList();
            others.AddRange(files.Where(file => IsOther(file) && (only is null || Path.GetFileName(file) == WeightFiles.ConfigName)));
            var sets = only is null ? WeightFiles.Choose(files) : [new WeightFiles([only], null)];
            if (files.Exists(file => Path.GetFileName(file) == IndexName))
            {
                // Some publish the whole as one file for other programs beside the parts that the index lists.
                skipped.AddRange(sets.Select(set => $"{NameOf(folder, set, sets.Count)} is not among the parts that {IndexName} lists"));
                return;
            }

            var config = files.Find(file => Path.GetFileName(file) == WeightFiles.ConfigName);
            foreach (var set in sets)
                Add(folder, set, sets.Count, config);
        }

        public FoundCheckpoint Finish(string path, string? layout)
        {
            var found = CheckpointLayout.Of([.. components.Select(component => component.Kind.Name)]);
            if (found is null)
            {
                throw new InvalidCheckpointException(skipped.Count > 0
                    ? $"'{path}' holds no network that is known: {string.Join("; ", skipped.Take(4))}."
                    : $"'{path}' holds no files of tensors (.safetensors, .bin, .pt, .pth, .ckpt).");
            }

            if (layout is not null && layout != found)
                throw new InvalidCheckpointException($"'{path}' has the layout '{found}' ({Describe()}), not '{layout}'.");
            RequireListed();
            return new FoundCheckpoint(found, components, others, skipped, root) { Start = start };
        }

        private static bool IsOther(string file) =>
            OtherExtensions.Contains(Path.GetExtension(file)) && !file.EndsWith(TensorFiles.IndexExtension, StringComparison.Ordinal) && new FileInfo(file).Length <= MaxOtherFileBytes;

        private void Add(string folder, WeightFiles set, int setCount, string? configPath)
        {
            var name = NameOf(folder, set, setCount);
            JsonElement? config = configPath is null ? null : PublishedConfig.Read(configPath);
            var className = config is { } published ? PublishedConfig.ClassOf(published) : string.Empty;
            var kinds = ComponentCatalogue.OfClass(className);
            if (kinds.Contains(DiffusionComponents.ControlNet) && IsByNames(set, DiffusionComponents.SpatialComplementBranch))
                kinds = [DiffusionComponents.SpatialComplementBranch];          // its configuration is written by ControlNet's class
            if (kinds.Count > 0)
            {
                foreach (var kind in kinds)
                    components.Add(new FoundComponent(NameOf(name, kind, kinds.Count), kind, className, config!.Value, set.Paths, set.Index));
            }
            else if (className.Length > 0 && ComponentCatalogue.IsNotNeeded(className))
            {
                skipped.Add($"{name} is a {className}, which no pipeline needs");
            }
            else
            {
                AddByNames(name, set, config);
            }
        }

        /// <summary>Files without a configuration, or with that of an unknown class, are known by the names of their tensors.</summary>
        private void AddByNames(string name, WeightFiles set, JsonElement? config)
        {
            using var tensors = set.Index is null ? TensorFiles.Open(set.Paths[0]) : TensorFiles.OpenIndex(set.Index);
            var kinds = ComponentCatalogue.OfNames(tensors.Entries);
            if (kinds.Count == 0)
                skipped.Add($"{name} has {tensors.Entries.Count} tensors of a network that is not known{(config is null ? $", and no {WeightFiles.ConfigName} beside it" : string.Empty)}");
            foreach (var kind in kinds)
            {
                var published = kind.Classes.Count > 0 ? config : null;         // else what lies beside it is of something else
                var wanted = published ?? kind.Infer?.Invoke(tensors.Entries) ?? config
                    ?? throw new InvalidCheckpointException($"{name} is of kind '{kind.Name}'; its {WeightFiles.ConfigName} must be beside it.");
                components.Add(new FoundComponent(NameOf(name, kind, kinds.Count), kind, string.Empty, wanted, set.Paths, set.Index));
            }
        }

        private static bool IsByNames(WeightFiles set, ComponentKind kind)
        {
            using var tensors = set.Index is null ? TensorFiles.Open(set.Paths[0]) : TensorFiles.OpenIndex(set.Index);
            return kind.IsIn!(tensors.Entries);
        }

        private static string NameOf(string name, ComponentKind kind, int kindCount) => kindCount == 1 ? name : $"{name}/{kind.Name}";

        private string NameOf(string folder, WeightFiles set, int setCount)
        {
            var relative = Path.GetRelativePath(root, folder).Replace(Path.DirectorySeparatorChar, '/');
            var file = Path.GetFileName(set.Paths[0]);
            if (setCount == 1 && relative != "." && WeightFiles.IsStandardName(file))
                return relative;
            var stem = WeightFiles.IsStandardName(file) && setCount == 1 ? "model" : Path.GetFileNameWithoutExtension(file);
            return relative == "." ? stem : $"{relative}/{stem}";
        }

        private string Describe() => string.Join(", ", components.Select(component => component.Kind.Name).Distinct(StringComparer.Ordinal));

        /// <summary>diffusers' <c>model_index.json</c> lists the parts: one that is listed and known must be there.</summary>
        private void RequireListed()
        {
            foreach (var file in others.Where(other => Path.GetFileName(other) == IndexName))
            {
                var folder = Path.GetRelativePath(root, Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '/');
                foreach (var part in PublishedConfig.Parts(PublishedConfig.Read(file)).Where(part => ComponentCatalogue.OfClass(part.Class).Count > 0))
                {
                    var name = folder == "." ? part.Name : $"{folder}/{part.Name}";
                    if (!components.Exists(component => component.Name == name || component.Name.StartsWith(name + "/", StringComparison.Ordinal)))
                        throw new InvalidCheckpointException($"{IndexName} lists '{part.Name}', but '{name}' has no files of tensors.");
                }
            }
        }
    }
}
