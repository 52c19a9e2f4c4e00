using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What batch and instance normalisation share: the affine parameters and the running statistics.</summary>
public abstract class NormBase : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private Parameter? storedWeight;

    [ComponentName(Name = "bias")]
    private Parameter? storedBias;

    [ComponentName(Name = "running_mean")]
    private Tensor? storedMean;

    [ComponentName(Name = "running_var")]
    private Tensor? storedVariance;

    [ComponentName(Name = "num_batches_tracked")]
    private Tensor? storedBatches;

    public NormBase(long num_features, double eps, double? momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype, string name)
        : base(name)
    {
        this.num_features = num_features;
        this.eps = eps;
        this.momentum = momentum;
        this.affine = affine;
        this.track_running_stats = track_running_stats;
        if (affine)
        {
            weight = new Parameter(empty([num_features], dtype, device));
            bias = new Parameter(empty([num_features], dtype, device));
        }

        if (track_running_stats)
        {
            running_mean = empty([num_features], dtype, device);
            running_var = empty([num_features], dtype, device);
            num_batches_tracked = zeros([], ScalarType.Int64, device);
        }

        reset_parameters();
    }

    public long num_features { get; private set; }

    public double eps { get; set; }

    public double? momentum { get; set; }

    public bool affine { get; private set; }

    public bool track_running_stats { get; private set; }

    public Parameter weight
    {
        get => storedWeight!;
        set => Replace(ref storedWeight, value, nameof(weight));
    }

    public Parameter? bias
    {
        get => storedBias;
        set => Replace(ref storedBias, value, nameof(bias));
    }

    public Tensor? running_mean
    {
        get => storedMean;
        set => ReplaceBuffer(ref storedMean, value, nameof(running_mean));
    }

    public Tensor? running_var
    {
        get => storedVariance;
        set => ReplaceBuffer(ref storedVariance, value, nameof(running_var));
    }

    public Tensor? num_batches_tracked
    {
        get => storedBatches;
        set => ReplaceBuffer(ref storedBatches, value, nameof(num_batches_tracked));
    }

    public void reset_running_stats()
    {
        if (track_running_stats)
        {
            nn.init.zeros_(storedMean!);
            nn.init.ones_(storedVariance!);
            nn.init.zeros_(storedBatches!);
        }
    }

    public void reset_parameters()
    {
        reset_running_stats();
        if (affine)
        {
            nn.init.ones_(storedWeight!);
            nn.init.zeros_(storedBias!);
        }
    }

    protected abstract void ValidateInputDimensions(Tensor input);
}
