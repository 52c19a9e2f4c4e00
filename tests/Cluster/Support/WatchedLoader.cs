using Darkroom.Contracts.Devices;
using Darkroom.Grains.Devices;
using Darkroom.Models.Pipelines;
using static TorchSharp.torch;

namespace Darkroom.Tests.Cluster.Support;

/// <summary>Loads as another loader does, and has each forward pass told before it is done.</summary>
internal sealed class WatchedLoader(IPipelineLoader inner, Action<IReadOnlyList<StepContext>> stepping) : IPipelineLoader
{
    public Task<IReadOnlyList<string>> ListModelsAsync(CancellationToken cancellationToken) => inner.ListModelsAsync(cancellationToken);

    public Task<IReadOnlyList<PipelineReport>> ListPipelinesAsync(CancellationToken cancellationToken) => inner.ListPipelinesAsync(cancellationToken);

    public LoadedModel Load(string model, Device device)
    {
        var loaded = inner.Load(model, device);
        return loaded with { Pipeline = new WatchedPipeline(loaded.Pipeline, stepping) };
    }

    private sealed class WatchedPipeline(IRestorationPipeline inner, Action<IReadOnlyList<StepContext>> stepping) : IRestorationPipeline
    {
        public PipelineProfile Profile => inner.Profile;

        public int CountSteps(RunSettings settings) => inner.CountSteps(settings);

        public int CountSteps(RunSettings settings, Conditioning conditioning) => inner.CountSteps(settings, conditioning);

        public Conditioning Prepare(Tensor overview, Instruction instruction, RunSettings settings) => inner.Prepare(overview, instruction, settings);

        public Tensor Encode(Tensor tile, StepContext context) => inner.Encode(tile, context);

        public Tensor Step(Tensor latents, IReadOnlyList<StepContext> contexts)
        {
            stepping(contexts);
            return inner.Step(latents, contexts);
        }

        public Tensor Finish(Tensor latents) => inner.Finish(latents);

        public void Dispose() => inner.Dispose();
    }
}
