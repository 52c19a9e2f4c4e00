using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What the optimizers share: groups, one state per parameter, and a step outside autograd.</summary>
public abstract partial class OptimizerHelper : optim.Optimizer
{
    protected OptimizerOptions _defaults = null!;
    protected OrderedDict<IntPtr, OptimizerState> _state = [];

    public override IEnumerable<Parameter> parameters() => _parameter_groups.SelectMany(group => group.Parameters);

    public override void add_param_group(ParamGroup param_group) => _parameter_groups.Add(param_group);

    public override void zero_grad() => base.zero_grad();

    public virtual StateDictionary state_dict()
    {
        var result = new StateDictionary();
        foreach (var group in _parameter_groups)
        {
            result.Options.Add(group.Options);
            var indices = new List<int>();
            result.StateIndexRef.Add(indices);
            foreach (var parameter in group.Parameters)
            {
                indices.Add(result.State.Count);
                result.State.Add(_state[parameter.Handle]);
            }
        }

        return result;
    }

    public virtual void load_state_dict(StateDictionary state_dict)
    {
        var own = this.state_dict();
        Require("parameter groups", own.Options.Count, state_dict.Options.Count);
        Require("states", own.State.Count, state_dict.State.Count);
        foreach (var (target, source) in own.Options.Zip(state_dict.Options))
        {
            if (!ReferenceEquals(target, source))
            {
                target.LoadStateDict(source);
            }
        }

        foreach (var (target, source) in own.State.Zip(state_dict.State))
        {
            if (!ReferenceEquals(target, source))
            {
                target.LoadStateDict(source);
            }
        }
    }

    public void to(Device device)
    {
        foreach (var parameter in parameters())
        {
            _state[parameter.Handle].to(device);
        }
    }

    protected Tensor? _step<T>(Action<T> body, Func<Tensor>? loss_closure = null)
        where T : ParamGroup
    {
        Tensor? loss = null;
        if (loss_closure is not null)
        {
            using var gradients = enable_grad();
            loss = loss_closure();
        }

        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        foreach (var group in _parameter_groups)
        {
            body((T)group);
        }

        return loss;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var state in _state.values().OfType<IDisposable>())
            {
                state.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    /// <summary>Gives every parameter of a new group its state.</summary>
    private protected void AddGroup(ParamGroup group, Func<Parameter, OptimizerState> create)
    {
        // Enumerated once: named_parameters() and the like would walk the module again at every step.
        group.Parameters = group.Parameters.ToList();
        group.Options.InitialLearningRate = group.Options.LearningRate!.Value;
        foreach (var parameter in group.Parameters)
        {
            var state = create(parameter);
            state.Initialize(group.Options);
            _state[parameter.Handle] = state;
        }

        _parameter_groups.Add(group);
    }

    private static void Require(string what, long expected, long actual)
    {
        if (expected != actual)
        {
            throw new ArgumentException($"Invalid optimizer state: the optimizer has {expected} {what}, the given state {actual}.");
        }
    }
}
