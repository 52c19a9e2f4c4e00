using Darkroom.Grains.Checkpoints;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Checkpoints.Nano;
using Darkroom.Models.Layers;
using Darkroom.Models.Pipelines;
using Darkroom.Tests.Unit.Cli;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Grains.Checkpoints;

/// <summary>Published weights are often float16; networks compute in float32.</summary>
public sealed class HalfPrecisionTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly OfflineCheckpoints checkpoints;

    public HalfPrecisionTests() => checkpoints = OfflineCheckpoints.Open(folder["blobs"]);

    public void Dispose()
    {
        checkpoints.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Load_HalfFiles_GivesTheSamePipelineInFullPrecision()
    {
        var whole = await ImportAsync("whole", null);
        var half = await ImportAsync("half", ScalarType.Float16);
        using var wholeModel = checkpoints.Pipelines.Load("whole", CPU)!;
        using var halfModel = checkpoints.Pipelines.Load("half", CPU)!;

        Assert.True(half.SizeBytes < 0.8 * whole.SizeBytes, $"{half.SizeBytes} of {whole.SizeBytes} bytes are kept.");
        Assert.Equal(wholeModel.SizeBytes, halfModel.SizeBytes);
        Assert.Equal(whole.LoadedBytes, half.LoadedBytes);
        Assert.InRange(half.LoadedBytes, halfModel.SizeBytes, 1.1 * halfModel.SizeBytes);   // what a device makes room for
        using var scope = NewDisposeScope();
        var difference = (Run(wholeModel.Pipeline) - Run(halfModel.Pipeline)).abs();
        Assert.InRange(difference.mean().item<float>(), 1e-9f, 0.02f);
    }

    [Fact]
    public void ReadInto_HalfTensorOfSeveralPieces_IsConvertedWhereItStays()
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        const int rows = 2051, columns = 4099;                                  // 16 MiB in float16: two pieces and a rest
        var stored = rand(rows, columns).to(ScalarType.Float16);
        SafetensorsWriter.Write(folder["half.safetensors"], new Dictionary<string, Tensor> { ["weight"] = stored });
        using var layer = new Linear(columns, rows, bias: false);
        using var file = SafetensorsFile.Open(folder["half.safetensors"]);
        using var watched = new WatchedSource(file);

        CheckpointLoader.Load(layer, watched);

        Assert.Equal(ScalarType.Float32, layer.Weight.dtype);
        Assert.True(layer.Weight.Equals(Assert.Single(watched.Targets)), "The layer's own memory is what is read into.");
        Assert.Equal(0, (layer.Weight - stored.to(ScalarType.Float32)).abs().max().item<float>());
    }

    private static Tensor Run(IRestorationPipeline pipeline)
    {
        using var inference = inference_mode(true);
        var settings = new RunSettings(Seed: 1, Steps: 2);
        using var conditioning = pipeline.Prepare(full(1, 3, 64, 64, 0.3f), new Instruction(InstructionKind.Refine, "brighter"), settings);
        var context = new StepContext(conditioning, 0, 2, 1, 0);
        var latent = pipeline.Encode(full(1, 3, 64, 64, 0.3f), context);
        for (var step = 0; step < 2; step++)
            latent = pipeline.Step(latent, [context with { Step = step }]);
        return pipeline.Finish(latent);
    }

    private async Task<CheckpointManifest> ImportAsync(string name, ScalarType? type)
    {
        var source = Directory.CreateDirectory(folder["source-" + name]).FullName;
        NanoCheckpoint.Write("vlm-imi", seed: 1, source);
        var (manifest, _) = await new CheckpointImporter(checkpoints.Store, TimeProvider.System).ImportAsync(
            new CheckpointImport(source, name, FloatType: type), cancellationToken: TestContext.Current.CancellationToken);
        return manifest;
    }

    private sealed class WatchedSource(ITensorSource source) : ITensorSource
    {
        public List<Tensor> Targets { get; } = [];

        public IReadOnlyDictionary<string, TensorEntry> Entries => source.Entries;

        public void ReadInto(string name, Tensor target)
        {
            Targets.Add(target);
            source.ReadInto(name, target);
        }

        public void Dispose()
        {
        }
    }
}
