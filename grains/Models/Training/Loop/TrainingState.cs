using System.Globalization;
using Darkroom.Models.Checkpoints;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Loop;

/// <summary>What one part of a training has learnt: its weights, their average, and what its optimizer remembers.</summary>
internal sealed class PartState : IDisposable
{
    private readonly TrainedPart part;
    private readonly Parameter[] parameters;

    public PartState(TrainedPart part, TrainingOptions options)
    {
        this.part = part;
        parameters = [.. part.Parameters.Select(pair => pair.Parameter)];
        if (parameters.Length == 0)
            throw new ArgumentException($"Nothing of '{part.Name}' learns.");
        Optimizer = optim.AdamW(parameters, options.LearningRate, options.Beta1, options.Beta2, weight_decay: options.WeightDecay);
        Average = part.IsAveraged && options.AveragingDecay > 0 ? new WeightAverage(parameters) : null;
    }

    public AdamW Optimizer { get; }

    public WeightAverage? Average { get; }

    public TrainedPart Part => part;

    public IEnumerable<Parameter> Parameters => parameters;

    /// <summary>Everything by name; all but the counts are the tensors themselves.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Tensors()
    {
        var states = States();
        foreach (var (index, (name, parameter)) in part.Parameters.Index())
        {
            yield return new(Key("weight", name), parameter);
            yield return new(Key("mean", name), states[index].exp_avg!);
            yield return new(Key("square", name), states[index].exp_avg_sq!);
        }

        foreach (var (average, (name, _)) in (Average?.Averages ?? []).Zip(part.Parameters))
            yield return new(Key("average", name), average);
        yield return new(CountsKey, tensor(Array.ConvertAll(states, state => state.step)));
    }

    /// <summary>Takes the place of what <see cref="Tensors"/> gave.</summary>
    public void Load(ITensorSource source)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        foreach (var (name, target) in Tensors())
        {
            source.ReadInto(name, target);
            if (name != CountsKey)
                continue;
            foreach (var (state, count) in States().Zip(target.data<long>().ToArray()))
                state.step = count;
        }
    }

    public void Dispose()
    {
        Optimizer.Dispose();
        Average?.Dispose();
    }

    private string CountsKey => $"{part.Name}/counts";

    private string Key(string what, string name) => $"{part.Name}/{what}/{name}";

    private AdamW.State[] States() => [.. Optimizer.state_dict().State.Cast<AdamW.State>()];
}

/// <summary>The file that a training goes on from: weights, averages, optimizers, steps done. Written whole or not at all.</summary>
internal static class TrainingStateFile
{
    private const string StepKey = "step";
    private const string SecondsKey = "seconds";
    private const string OptionsKey = "options";
    private const string PicturesKey = "pictures";

    /// <summary>Writes the file.</summary>
    public static void Write(string path, IReadOnlyList<PartState> parts, TrainingPoint point)
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(path, parts.SelectMany(part => part.Tensors()), new Dictionary<string, string>
        {
            [StepKey] = point.Step.ToString(CultureInfo.InvariantCulture),
            [SecondsKey] = point.Elapsed.TotalSeconds.ToString("R", CultureInfo.InvariantCulture),
            [OptionsKey] = point.Options,
            [PicturesKey] = point.Pictures,
        });
    }

    /// <summary>Reads the file into the parts.</summary>
    /// <exception cref="InvalidCheckpointException">It is damaged, or of other networks.</exception>
    /// <exception cref="ArgumentException">It is of another training.</exception>
    public static TrainingPoint Read(string path, IReadOnlyList<PartState> parts, TrainingOptions options, string pictures)
    {
        if (!File.Exists(path))
            throw new ArgumentException($"There is no training to resume: '{path}' does not exist.");
        using var file = SafetensorsFile.Open(path);
        if (!(file.Metadata.TryGetValue(OptionsKey, out var begun) && file.Metadata.TryGetValue(PicturesKey, out var seen)
            && int.TryParse(file.Metadata.GetValueOrDefault(StepKey), NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            && double.TryParse(file.Metadata.GetValueOrDefault(SecondsKey), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)))
        {
            throw new InvalidCheckpointException($"{path} is not the state of a training.");
        }

        TrainingOptionsFile.RequireAlike(begun, options);
        if (seen != pictures)
            throw new ArgumentException("The pictures are not those that the training was begun with; give the same --data.");
        using (NewDisposeScope())
            RequireFit(path, file, parts.SelectMany(part => part.Tensors()).ToDictionary());
        foreach (var part in parts)
            part.Load(file);
        return new TrainingPoint(step, TimeSpan.FromSeconds(seconds), begun, seen);
    }

    private static void RequireFit(string path, SafetensorsFile file, Dictionary<string, Tensor> wanted)
    {
        var wrong = wanted.Where(pair => !file.Entries.TryGetValue(pair.Key, out var entry) || !entry.Shape.SequenceEqual(pair.Value.shape)).Select(pair => pair.Key)
            .Concat(file.Entries.Keys.Where(name => !wanted.ContainsKey(name))).ToList();
        if (wrong.Count > 0)
            throw new InvalidCheckpointException($"{path} is of other networks: {wrong.Count} tensors do not fit, such as {wrong[0]}.");
    }
}

/// <summary>A point of a training.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Elapsed">Time spent.</param>
/// <param name="Options">The configuration.</param>
/// <param name="Pictures">What identifies the pictures.</param>
internal sealed record TrainingPoint(int Step, TimeSpan Elapsed, string Options, string Pictures);
