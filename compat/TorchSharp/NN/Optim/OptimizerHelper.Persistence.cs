namespace TorchSharp.Modules;

public abstract partial class OptimizerHelper
{
    public void save_state_dict(string location)
    {
        using var writer = new BinaryWriter(File.Create(location));
        save_state_dict(writer);
    }

    /// <summary>Writes the optimizer's name, the options of its groups and the states of its parameters.</summary>
    public void save_state_dict(BinaryWriter writer)
    {
        var state = state_dict();
        writer.Write(GetType().Name);
        writer.Write7BitEncodedInt64(state.Options.Count);
        writer.Write7BitEncodedInt64(state.State.Count);
        state.Options.ForEach(options => options.SaveStateDict(writer));
        state.State.ForEach(entry => entry.SaveStateDict(writer));
    }

    public void load_state_dict(string location)
    {
        using var reader = new BinaryReader(File.OpenRead(location));
        load_state_dict(reader);
    }

    public void load_state_dict(BinaryReader reader)
    {
        var name = reader.ReadString();
        if (name != GetType().Name)
        {
            throw new InvalidDataException($"Mismatched optimizer type: expected '{GetType().Name}', but found '{name}' in the loaded stream.");
        }

        var own = state_dict();
        Require("parameter groups", own.Options.Count, reader.Read7BitEncodedInt64());
        Require("states", own.State.Count, reader.Read7BitEncodedInt64());
        own.Options.ForEach(options => options.LoadStateDict(reader));
        own.State.ForEach(entry => entry.LoadStateDict(reader));
    }
}
