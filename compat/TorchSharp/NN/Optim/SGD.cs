using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Stochastic gradient descent, optionally with momentum.</summary>
public partial class SGD : OptimizerHelper, optim.IMomentum
{
    public SGD(IEnumerable<Parameter> parameters, double lr, double momentum = 0.0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
        : this([new ParamGroup { Parameters = parameters }], lr, momentum, dampening, weight_decay, nesterov, maximize)
    {
    }

    public SGD(IEnumerable<ParamGroup> parameters, double lr, double momentum = 0.0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
    {
        OptimizerRanges.RequireNotNegative(lr);
        OptimizerRanges.RequireNotNegative(momentum);
        OptimizerRanges.RequireNotNegative(dampening);
        OptimizerRanges.RequireNotNegative(weight_decay);
        if (nesterov && (momentum == 0 || dampening != 0))
        {
            throw new ArgumentException("Nesterov momentum requires a momentum and zero dampening");
        }

        _defaults = new Options
        {
            LearningRate = lr,
            InitialLearningRate = lr,
            momentum = momentum,
            dampening = dampening,
            weight_decay = weight_decay,
            nesterov = nesterov,
            maximize = maximize,
        };
        foreach (var group in parameters)
        {
            add_param_group(group);
        }
    }

    public double Momentum
    {
        get => ((Options)_defaults).momentum!.Value;
        set => ((Options)_defaults).momentum = value;
    }

    public override void add_param_group(Modules.ParamGroup param_group)
    {
        var defaults = (Options)_defaults;
        param_group.Options ??= new Options();
        var options = (Options)param_group.Options;
        options.LearningRate ??= defaults.LearningRate;
        options.momentum ??= defaults.momentum;
        options.dampening ??= defaults.dampening;
        options.weight_decay ??= defaults.weight_decay;
        options.nesterov ??= defaults.nesterov;
        options.maximize ??= defaults.maximize;
        AddGroup(param_group, parameter => new State(parameter));
    }

    public override Tensor? step(Func<Tensor>? closure = null) => _step<Modules.ParamGroup>(Update, closure);

    private void Update(Modules.ParamGroup group)
    {
        var options = (Options)group.Options;
        var trained = group.Parameters.Select(parameter => (Parameter: parameter, Gradient: parameter.grad)).Where(entry => entry.Gradient is not null).ToArray();
        if (trained.Length == 0)
        {
            return;
        }

        Tensor[] parameters = Array.ConvertAll(trained, entry => (Tensor)entry.Parameter);
        var gradients = Array.ConvertAll(trained, entry => entry.Gradient!);
        if (options.maximize == true)
        {
            gradients = ForeachOps.Neg(gradients);
        }

        if (options.weight_decay != 0)
        {
            gradients = ForeachOps.Added(gradients, parameters, options.weight_decay!.Value);
        }

        if (options.momentum != 0)
        {
            var states = Array.ConvertAll(trained, entry => (State)_state[entry.Parameter.Handle]);
            for (var index = 0; index < states.Length; index++)
            {
                states[index].Accumulate(gradients[index], options);
            }

            var momenta = Array.ConvertAll(states, state => state.momentum_buffer!);
            gradients = options.nesterov == true ? ForeachOps.Added(gradients, momenta, options.momentum!.Value) : momenta;
        }

        ForeachOps.Add(parameters, gradients, -options.LearningRate!.Value);
    }

    public class Options : OptimizerOptions
    {
        public double? momentum;
        public double? dampening;
        public double? weight_decay;
        public bool? nesterov;
        public bool? maximize;

        public override void LoadStateDict(OptimizerOptions source)
        {
            base.LoadStateDict(source);
            var other = (Options)source;
            momentum = other.momentum;
            dampening = other.dampening;
            weight_decay = other.weight_decay;
            nesterov = other.nesterov;
            maximize = other.maximize;
        }

        public override void LoadStateDict(BinaryReader reader)
        {
            base.LoadStateDict(reader);
            momentum = reader.ReadDouble();
            dampening = reader.ReadDouble();
            weight_decay = reader.ReadDouble();
            nesterov = reader.ReadBoolean();
            maximize = reader.ReadBoolean();
        }

        public override void SaveStateDict(BinaryWriter writer)
        {
            base.SaveStateDict(writer);
            writer.Write(momentum!.Value);
            writer.Write(dampening!.Value);
            writer.Write(weight_decay!.Value);
            writer.Write(nesterov!.Value);
            writer.Write(maximize!.Value);
        }
    }

    public class ParamGroup : ParamGroup<Options>, optim.IMomentum
    {
        public ParamGroup()
        {
        }

        public ParamGroup(IEnumerable<Parameter> parameters, Options options)
            : base(parameters, options)
        {
        }

        public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-3, double momentum = 0.0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
            : base(parameters, new Options { LearningRate = lr, momentum = momentum, dampening = dampening, weight_decay = weight_decay, nesterov = nesterov, maximize = maximize })
        {
        }

        public double Momentum
        {
            get => Options.momentum!.Value;
            set => Options.momentum = value;
        }
    }
}
