namespace Darkroom.Tests.Kubernetes.Support;

/// <summary>A stage of a container file.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Base">What it begins with.</param>
/// <param name="Lines">Its instructions, each on one line.</param>
internal sealed record ContainerStage(string Name, string Base, IReadOnlyList<string> Lines);

/// <summary>A container file, read as a builder reads it.</summary>
/// <param name="Globals">Arguments before the first stage, those with a default not among them.</param>
/// <param name="Stages">The stages.</param>
internal sealed record ContainerFile(IReadOnlyList<string> Globals, IReadOnlyList<ContainerStage> Stages)
{
    /// <summary>Reads a file.</summary>
    public static ContainerFile Read(string path)
    {
        var (globals, stages, lines) = (new List<string>(), new List<ContainerStage>(), new List<string>());
        foreach (var line in Instructions(path))
        {
            if (line.Split(' ') is ["FROM", var from, "AS", var name])
                stages.Add(new ContainerStage(name, from, lines = []));
            else if (stages.Count > 0)
                lines.Add(line);
            else if (line.StartsWith("ARG ", StringComparison.Ordinal) && !line.Contains('=', StringComparison.Ordinal))
                globals.Add(line["ARG ".Length..]);
            else
                throw new InvalidDataException($"'{line}' stands before the first stage, or its stage has no name.");
        }

        return new ContainerFile(globals, stages);
    }

    /// <summary>Lists the stages that an image is made of, its base first.</summary>
    public IReadOnlyList<ContainerStage> StagesOf(string name) =>
        Stages.SingleOrDefault(stage => stage.Name == name) is { } stage ? [.. StagesOf(stage.Base), stage] : [];

    private static IEnumerable<string> Instructions(string path)
    {
        var whole = string.Empty;
        foreach (var line in File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            whole += line.TrimEnd('\\');
            if (line[^1] == '\\')
                continue;
            yield return whole;
            whole = string.Empty;
        }
    }
}
